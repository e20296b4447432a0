"""What several floors must name alike: a route, a step to cut, an edit, that one of them lacks is a fault."""

import inspect
import re
from pathlib import Path
from typing import get_args

import resynapse
from resynapse import language
from resynapse.formats import event_table
from resynapse.mechanism import CHAIN, cuts, routes
from resynapse.outcome import domain
from resynapse.services import explore, validate
from resynapse.therapy import dose, edits
from resynapse.web import models

STATIC = Path(resynapse.__file__).parent / "web"


def test_every_floor_knows_the_same_routes():
    for known in (language.ROUTES, routes.ROUTES, domain.ROUTES, edits.USUAL, validate.ROUTES.values()):
        assert tuple(known) == dose.ROUTES or set(known) == set(dose.ROUTES)
    assert set(event_table.CMTS) == {*dose.ROUTES, "nasal_next"}
    assert [r for r in event_table.CMTS if r != "nasal_next"] == list(dose.ROUTES)
    assert event_table.CMTS.index("nasal_next") == event_table.CMTS.index("nasal") + 1
    assert {route for route, _ in domain.SEEN} <= set(dose.ROUTES)


def test_every_floor_knows_the_same_cuts():
    names = {node.name for node in CHAIN}
    assert {name for c in cuts.CUTS.values() for name in c.nodes} <= names
    assert set(get_args(models.Switch)) == set(cuts.CUTS) == {*cuts.PATH, "hope"}
    script = (STATIC / "static" / "explore.mjs").read_text("utf-8")
    switches = re.search(r"const SWITCHES = \[(.*?)\]", script).group(1)
    assert [s.strip().strip('"') for s in switches.split(",")] == [*cuts.PATH, "mood"]  # the strip that hope lifts


def test_every_floor_knows_the_same_edits():
    assert set(get_args(models.Op)) == set(edits.OPS) == set(models.TAKES)
    for op, (needs, may) in models.TAKES.items():
        takes = dict(list(inspect.signature(edits.OPS[op]).parameters.items())[1:])
        assert needs == {n for n, p in takes.items() if p.default is p.empty}
        assert may <= takes.keys() - needs


def test_the_page_offers_every_panel_that_can_be_asked_for():
    page = (STATIC / "templates" / "explore.html").read_text("utf-8")
    assert all(f'("{name}", ' in page for name in explore.FURTHER)
