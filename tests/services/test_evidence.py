"""The evidence for pages: every number whole, searched by words, the chain as it declares itself, claims once."""

import ast
import threading
import tomllib

import pytest

from resynapse.evidence import load
from resynapse.mechanism import CHAIN
from resynapse.services import claims as claims_
from resynapse.services import evidence
from resynapse.views import evidence_chain, evidence_svg, evidence_words


@pytest.mark.parametrize("name", list(load()))
def test_every_number_is_whole(name):
    n = evidence.number(name)
    assert n["grade"] in evidence_words.GRADES
    assert n["table"] in evidence_words.TABLES
    assert evidence_words.line(n), "nothing says where it stands"
    assert [s["key"] for s in n["sources_full"]] == n["sources"]
    row = tomllib.loads(evidence_words.toml(n))[name]
    assert row["value"] == n["value"]
    assert row["meaning"] == n["meaning"]
    assert n["grade"] in evidence_words.citation(n, "2026.11")


def test_search_looks_at_meaning_drug_grade_and_source():
    names = [n["name"] for n in evidence.numbers("kamp CLEARANCE")]
    assert {"CLint_S", "CLN_S"} <= set(names)
    assert evidence.numbers("t_half_cd")[0]["name"] == "t_half_Cd"
    assert {n["grade"] for n in evidence.numbers("unverified")} == {"unverified"}
    assert {n["name"] for n in evidence.numbers("esketamine")} > {"V1_S", "floor_nasal_esketamine"}
    assert "V1_R" in {n["name"] for n in evidence.numbers("arketamine volume")}
    assert evidence.numbers("pérez ruixo") == evidence.numbers("perez ruixo") != []
    assert evidence.numbers("no such words at all") == []
    assert len(evidence.numbers()) == len(load())


def test_a_source_names_all_that_rests_on_it():
    by = {s["key"]: s for s in evidence.sources()}
    assert set(by) == set(load().sources)
    assert "V1_S" in by["KampAnesth2020"]["numbers"]
    assert "CLint_S" in by["KampAnesth2020"]["numbers"]  # made of it
    assert by["Zarate2006"]["figures"] > 0


@pytest.mark.parametrize("name", list(load()))
def test_the_picture_says_what_the_row_says(name):
    n = evidence.number(name)
    s = evidence_svg.spread(n)
    if s is None:
        assert n["se"] is None or n["scale"] not in ("log", "logit", "id")
        return
    lo, _, middle, _, hi = s.quantiles
    assert middle == pytest.approx(n["value"])
    fitted = "lo and hi: 90 % interval" in n["note"]
    if fitted:
        assert (lo, hi) == (pytest.approx(n["lo"], rel=2e-3), pytest.approx(n["hi"], rel=2e-3))
        told = evidence_svg.told(s)
        assert evidence_words.said(n)[1] == f"({told[0]} to {told[4]})"
    svg = evidence_svg.density(n, s)
    assert "style" not in svg
    assert "nan" not in svg


def test_ranges_keep_their_decimals():
    assert evidence_words.said(evidence.number("t_half_Cd")) == ("8.3\u202fmin", "(5.1 to 13.0)")
    assert evidence_words.said(evidence.number("gp")) == ("2.0", "(1.5 to 3.0)")
    assert evidence_words.said(evidence.number("MW_K")) == ("237.73\u202fg/mol", "")
    assert evidence_words.said(evidence.number("kF"))[0] == "0.7\u202fper h"


def test_the_chain_is_that_of_the_program():
    links = evidence.chain()
    assert [link["name"] for link in links] == [link.name for link in CHAIN.links]
    assert {n["name"] for link in links for n in link["nodes"]} == {node.name for node in CHAIN}
    aside = {link["name"] for link in links if not link["to_mood"]}
    assert {"dissociation", "circulation", "sedation"} <= aside
    assert not {"receptor", "glutamate", "plasticity", "mood"} & aside


def test_every_link_that_reads_another_is_an_edge():
    maker = {node.name: link.name for link in CHAIN.links for node in link.nodes}
    declared = {(maker[r], link.name) for link in CHAIN.links for node in link.nodes
                for r in (*node.reads, *node.numbers) if r in maker and maker[r] != link.name}  # fmt: skip
    edges = evidence_chain.edges(evidence.chain())
    assert {(e.start, e.end) for e in edges} == declared
    svg = evidence_chain.graph(evidence.chain())
    for start, end in declared:
        assert f'data-from="{start}" data-to="{end}"' in svg
    assert all(f'data-link="{link.name}"' in svg for link in CHAIN.links)


def test_boxes_never_lie_on_each_other_and_stand_below_what_they_read():
    boxes = {box.link["name"]: box for box in evidence_chain.boxes(evidence.chain())}
    assert len({(box.column, box.row) for box in boxes.values()}) == len(CHAIN.links)
    for e in evidence_chain.edges(evidence.chain()):
        assert boxes[e.start].row < boxes[e.end].row
    left = max(box.column for box in boxes.values() if box.link["to_mood"])
    assert all(box.column > left for box in boxes.values() if not box.link["to_mood"])


def test_equations_are_the_functions_without_their_words():
    nodes = {node.name: node for node in CHAIN}
    for link in evidence.chain():
        for told in link["nodes"]:
            text, node = told["equation"], nodes[told["name"]]
            assert bool(text) == (node.function is not None)
            if text:
                function = ast.parse(text).body[0]
                assert isinstance(function, ast.FunctionDef)
                assert ast.get_docstring(function) is None
                assert not function.decorator_list


def test_names_in_equations_are_doors():
    links = {link["name"]: link for link in evidence.chain()}
    known, nodes = set(load()), {node.name for node in CHAIN}
    told = {n["name"]: evidence_chain.doors(n, known, nodes) for link in links.values() for n in link["nodes"]}
    assert 'data-number="V2_R">V2</a>' in told["C_R"]  # a copy's own number behind the name inside
    assert 'href="#node-P1_R" class="quantity">P1</a>' in told["C_R"]
    assert 'data-number="P50"' in told["D"]
    assert "&lt;" not in told["D"]
    for node in CHAIN:
        for name in node.numbers:
            if node.function is not None and name in known:
                assert f'data-number="{name}"' in told[node.name], (node.name, name)


def test_claims_are_answered_once_however_many_ask(monkeypatch):
    asked = []

    def answer():
        asked.append(1)
        return ("answered",)

    monkeypatch.setattr(claims_, "answer", answer)
    monkeypatch.setattr(evidence, "_ANSWERED", [])
    assert not evidence.answered()
    threads = [threading.Thread(target=evidence.answers) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert asked == [1]
    assert evidence.answers() == ("answered",)
    assert evidence.answered()
