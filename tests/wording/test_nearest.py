import pytest

from msra_ner.wording.nearest import ask_whether_meant, find_nearest


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("trian", "train"),
        ("TRAIN", "train"),
        ("--data-dri", "--data_dir"),
        ("apache 2.0", "apache-2.0"),
        ("quite another thing", None),
    ],
)
def test_the_nearest_name(name, nearest):
    assert find_nearest(name, ["train", "tune", "--data_dir", "apache-2.0"]) == nearest


def test_the_question_that_ends_a_message():
    assert ask_whether_meant("train", "x") == "Did you mean train?"
    assert ask_whether_meant(None, "Correct it.") == "Correct it."
