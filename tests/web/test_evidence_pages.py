"""Evidence by page and by API: every number opens, the graph is the chain's own, nothing is written unescaped."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from resynapse.evidence import load
from resynapse.mechanism import CHAIN
from resynapse.services import evidence
from resynapse.views import evidence_pages as view
from resynapse.web.app import create

client = TestClient(create(("testserver",)))


@pytest.mark.parametrize("name", list(load()))
def test_every_number_has_its_page(name):
    n, page = load()[name], client.get(f"/evidence/numbers/{name}")
    assert page.status_code == 200
    text = unescape(page.text)
    for part in (name, n.grade, *(load().source(key).citation for key in n.source)):
        assert part in text
    assert n.reason in text
    assert "style=" not in page.text
    assert "NaN" not in page.text
    assert "nan " not in page.text


def test_the_api_tells_a_number_in_full_and_finds_by_words():
    told = client.get("/api/v1/evidence/numbers/P50").json()
    assert told["value"] == load()["P50"].value
    assert {s["key"] for s in told["sources_full"]} == set(load()["P50"].source)
    assert "plasticity / D" in told["used_in"]
    assert len(client.get("/api/v1/evidence/numbers").json()) == len(load())
    found = client.get("/api/v1/evidence/numbers", params={"q": "half saturated plasticity"}).json()
    assert [n["name"] for n in found] == ["P50"]
    assert client.get("/api/v1/evidence/numbers", params={"q": "no such words"}).json() == []


@pytest.mark.parametrize("name", ["P5O", "<script>alert(1)</script>", "..%2f..%2fetc", "%00", "x" * 200])
def test_an_unknown_number_is_not_here(name):
    assert client.get(f"/api/v1/evidence/numbers/{name}").status_code in (404, 422)
    page = client.get(f"/evidence/numbers/{name}")
    assert page.status_code in (404, 422)
    assert "<script>alert" not in page.text


def test_near_names_are_offered():
    assert "P50" in client.get("/evidence/numbers/P5O").text
    assert "P50" in client.get("/api/v1/evidence/numbers/P5O").json()["passes"]


def test_the_graph_holds_every_link_and_every_reading():
    page = client.get("/evidence/chain").text
    drawn = set(re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', page))
    maker = {node.name: link.name for link in CHAIN.links for node in link.nodes}
    wanted = {
        (maker[r], link.name) for link in CHAIN.links for n in link.nodes for r in (*n.reads, *n.numbers)
        if maker.get(r, link.name) != link.name
    }  # fmt: skip
    assert drawn == wanted
    for link in CHAIN.links:
        assert f'id="{link.name.replace(" ", "-")}"' in page


def test_boxes_of_the_graph_do_not_overlap():
    boxes = view.graph(evidence.chain()).boxes
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert abs(a.x - b.x) >= view.BOX_W or abs(a.y - b.y) >= view.BOX_H


def test_an_equation_is_the_functions_own_source_with_its_numbers_as_doors():
    node = next(n for link in evidence.chain() for n in link["nodes"] if n["name"] == "D")
    pieces = view.doors(node)
    assert "".join(text for text, _ in pieces) == node["equation"]
    assert {name for _, name in pieces if name} == {"P50", "nP"}
    copy = next(
        n for link in evidence.chain() if link["name"] == "kinetics_S" for n in link["nodes"] if n["name"] == "P1_S"
    )
    assert {name for _, name in view.doors(copy) if name} == set(copy["numbers"])


@pytest.mark.parametrize(
    ("scale", "value", "sd"), [("log", 8.3, 0.24), ("logit", 0.3, 0.5), ("id", -4.0, 2.0), ("id", 0.0, 1.0)]
)
def test_a_density_holds_what_it_says(scale, value, sd):
    n = {"value": value, "scale": scale, "table": "kinetics", "unit": "min"}
    curve = view.density(n, sd, "x")
    lo, hi = (float(v.replace("−", "-")) for v in re.search(r"95 of 100: (\S+) to (\S+);", curve.words).groups())
    assert lo < value < hi
    if scale == "log":  # the closed form
        assert lo == pytest.approx(8.3 * 2.718281828 ** (-1.96 * 0.24), rel=5e-3)
    assert 0 < curve.value_x < view.WIDTH
    assert view.density(n, 0.0, "x") is None


def test_papers_know_their_numbers():
    for s in evidence.sources():
        for name in s["numbers"]:
            assert s["key"] in load()[name].source
    page = client.get("/evidence/papers").text
    assert all(f'id="{key}"' in page for key in load().sources)


def test_claims_are_answered_on_the_page_as_by_the_api():
    told = client.get("/api/v1/claims").json()["claims"]
    page = unescape(client.get("/evidence/claims/answers").text)
    assert len(told) == 6
    for claim in told:
        assert claim["text"] in page
        assert claim["sentence"] in page
        assert claim["answer"] in page
