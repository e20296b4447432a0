"""Requests of the API, each field with its bounds; what passes here is still read by the plan language."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

FILES = (".toml", ".json")


def no_file(text: str) -> str:
    """The command line reads files by name; from outside no file of this machine is read."""
    if text.lower().endswith(FILES):
        raise ValueError("a file's name is not read here: send what it holds")
    return text


Text = Annotated[
    str, StringConstraints(max_length=10_000), AfterValidator(no_file),
    Field(json_schema_extra={"not": {"pattern": r"\.([tT][oO][mM][lL]|[jJ][sS][oO][nN])$"}}),
]  # fmt: skip
Word = Annotated[str, StringConstraints(max_length=60)]
Hours = Annotated[float, Field(strict=True, ge=-24 * 3650, le=24 * 3650, allow_inf_nan=False)]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
Switch = Literal["blood", "receptor", "glutamate", "connections", "hope"]
Op = Literal["move", "remove", "add", "resize", "stretch", "set_all", "set_schedule"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


# what each change takes, and what it may take
TAKES: dict[str, tuple[set[str], set[str]]] = {
    "move": ({"dose", "hours"}, set()), "remove": ({"dose"}, set()), "add": ({"hours"}, set()),
    "resize": ({"dose", "amount"}, set()), "stretch": ({"dose", "minutes"}, set()),
    "set_all": (set(), {"amount", "minutes", "route"}), "set_schedule": ({"schedule"}, set()),
}  # fmt: skip


class Edit(_Strict):
    """One change of a plan. Each takes fields of its own.

    dose: its place, from 0, in the table of the plan as sent, wherever edits before put it; added ones count on.
    hours: from the start of the plan as sent.
    """

    plan: Annotated[int, Field(strict=True, ge=0, le=1)] = 0
    op: Op
    dose: Annotated[int, Field(strict=True, ge=0, le=9_999)] | None = None
    hours: Hours | None = None
    amount: Annotated[float, Field(strict=True, gt=0, le=3000)] | None = None
    minutes: Annotated[float, Field(strict=True, ge=0, le=7200)] | None = None
    route: Word | None = None
    schedule: Annotated[str, StringConstraints(max_length=200)] | None = None

    @model_validator(mode="after")
    def _takes(self) -> Edit:
        needs, may = TAKES[self.op]
        given = set(self.model_dump(exclude={"plan", "op"}, exclude_none=True))
        if missing := sorted(needs - given):
            raise ValueError(f"{self.op} needs {missing[0]}")
        if other := sorted(given - needs - may):
            raise ValueError(f"{self.op} takes no {other[0]}")
        return self


class Person(_Strict):
    """Who: a line of facts or an example's key."""

    person: Text = ""


class PlanText(Person):
    """A plan to read: its text, and the first plan if it may leave fields out."""

    plan: Text
    first: Text = ""


class Simulate(Person):
    """What the command line takes: one or two plans, a person, a setting, and how many people."""

    plan: Text = "0.5 mg/kg over 40 min"
    against: Text = ""
    setting: Word = "masked trial"
    compare: Word = "active placebo"
    floor: Word = ""
    until: Word = "6 weeks"
    seed: Seed = 1
    draws: Annotated[int, Field(strict=True, ge=2, le=1000)] = 100
    people: Annotated[int, Field(strict=True, ge=2, le=1000)] = 40
    cut: tuple[Switch, ...] = Field(default=(), max_length=5)
    date: Word = ""


class Explore(Simulate):
    """What the page asks: the same, with the cursor, the session shown and an edit not yet in the text."""

    day: Annotated[int, Field(strict=True, ge=1, le=730)] = 14
    session: Annotated[int, Field(strict=True, ge=1, le=200)] = 1
    shown: Annotated[int, Field(strict=True, ge=0, le=1)] = 0
    view: Literal["people", "one"] = "people"
    size: Literal["screen", "phone"] = "screen"
    moving: StrictBool = False
    panels: tuple[Word, ...] = Field(default=(), max_length=8)
    edits: tuple[Edit, ...] = Field(default=(), max_length=100)


class Whole(Simulate):
    """The same, or one person alone without draws."""

    alone: StrictBool = False


class Lottery(_Strict):
    """A trial drawn again: n people, how often; hits: that many respond, or more."""

    n: Annotated[int, Field(strict=True, ge=1, le=500)] = 17
    hits: Annotated[int, Field(strict=True, ge=0, le=500)] = 12
    trials: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1000
    seed: Seed = 1


class RunSimulate(Whole):
    """A run of `simulate`."""

    kind: Literal["simulate"]


class RunClaims(_Strict):
    """A run of `claims`."""

    kind: Literal["claims"]
    seed: Seed = 1


class RunLottery(Lottery):
    """A run of `lottery`, with more trials."""

    kind: Literal["lottery"]
    trials: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 10_000


Run = Annotated[RunSimulate | RunClaims | RunLottery, Field(discriminator="kind")]
