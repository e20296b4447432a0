"""Every validation by its name: the rows once made, then text, values and picture of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resynapse.views.plotspec import PlotSpec

Text = Callable[[int, bool], str]


@dataclass(frozen=True)
class Made:
    """text: of a width, in colour or not; values: for JSON; picture: of all rows."""

    text: Text
    values: Callable[[], dict[str, Any]]
    picture: Callable[[], PlotSpec]


def known() -> tuple[str, ...]:
    """What can be validated."""
    return tuple(_MAKERS)


def made(what: str, draws: int) -> Made:
    """One of `known`, computed. draws: how often each trial is drawn again; Refused if that makes no sense."""
    return _MAKERS[what](draws)


def _kinetics(_: int) -> Made:
    from resynapse.services import validate as service
    from resynapse.views import validate as view

    rows = service.kinetics()
    found = service.folds(rows)
    return Made(lambda width, colour: view.render(found, width, colour), lambda: view.as_values(rows, found),
                lambda: view.picture(rows))  # fmt: skip


def _efficacy(draws: int) -> Made:
    from resynapse.services.between_trials import estimates
    from resynapse.services.validate_outcomes import validation
    from resynapse.views import validate_outcomes as view
    from resynapse.views.validate_picture import picture

    v = validation(draws=draws)
    seen, scored, between = v.seen, v.scored, estimates(v.seen)
    how = {"seed": v.world.seed, "draws": v.world.draws, "people": v.world.people}
    return Made(lambda width, colour: view.render(seen, scored, between, width, colour, more=(view.EFFICACY_NOTE,)),
                lambda: view.as_values("efficacy", seen, scored, between, how),
                lambda: picture(seen, scored, draws))  # fmt: skip


def _safety(draws: int) -> Made:
    from resynapse.services.between_trials import estimates
    from resynapse.services.validate_safety import safety_validation
    from resynapse.views import validate_outcomes as view
    from resynapse.views.validate_safety_picture import NOTE, picture

    v = safety_validation(draws=draws)
    seen, scored, between, left = v.seen, v.scored, estimates(v.seen), v.left_out
    how = {"seed": v.sessions.seed, "draws": v.sessions.sites, "people": v.sessions.own}
    return Made(lambda width, colour: view.render(seen, scored, between, width, colour, left, (NOTE,)),
                lambda: view.as_values("safety", seen, scored, between, how, left),
                lambda: picture(seen, scored, draws))  # fmt: skip


_MAKERS: dict[str, Callable[[int], Made]] = {"kinetics": _kinetics, "efficacy": _efficacy, "safety": _safety}
