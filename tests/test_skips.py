MODULE = """
import pytest

def test_that_skips():
    pytest.skip("needs a cat")

@pytest.mark.skipif(True, reason="needs a dog")
def test_marked():
    pass

def test_expected():
    pytest.skip("needs a GPU of 80 GB")

@pytest.mark.xfail
def test_that_may_fail():
    assert False

def test_that_passes():
    pass
"""
EMPTY = "import pytest\npytest.importorskip('no_such_module', reason='needs a bird')"
PLUGIN = ("-p", "helpers.skips", "-n", "0", "--continue-on-collection-errors")


def test_a_skip_fails_where_none_is_allowed_but_for_an_expected_reason(pytester):
    pytester.makepyfile(test_one=MODULE, test_two=EMPTY)
    pytester.runpytest(*PLUGIN).assert_outcomes(passed=1, skipped=4, xfailed=1)
    result = pytester.runpytest(*PLUGIN, "--no-skips")
    result.assert_outcomes(passed=1, skipped=1, xfailed=1, failed=1, errors=2)
    for reason in ("needs a cat", "needs a dog", "needs a bird"):
        assert f"{reason}, and --no-skips allows no skip" in result.stdout.str()
