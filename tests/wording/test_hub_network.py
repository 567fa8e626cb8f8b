from msra_ner.wording.hub_network import advise_on_network


def test_a_mirror_is_named_where_none_is_set(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert "set HF_ENDPOINT to a mirror" in advise_on_network()
    assert "XET" not in advise_on_network(pushing=True)


def test_a_push_to_a_mirror_may_need_another_way(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "https://user:secret@mirror.example")
    monkeypatch.delenv("HF_HUB_DISABLE_XET", raising=False)
    assert advise_on_network().endswith("the mirror that HF_ENDPOINT names")
    assert advise_on_network(pushing=True).endswith("set HF_HUB_DISABLE_XET=1")
    assert "secret" not in advise_on_network(pushing=True)
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    assert "XET" not in advise_on_network(pushing=True)
