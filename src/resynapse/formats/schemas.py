"""What a course file and a patient file hold; their JSON Schema is published for editors and the API.

A course file holds either a plan

    schema = 1
    plan = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"

or its parts, each field as in the plan language:

    schema = 1

    [[part]]
    dose = "0.5 mg/kg"
    over = "40 min"
    route = "iv"
    schedule = "mon wed fri, 2 weeks"

A patient file:

    schema = 1
    weight = "82 kg"
    age = 44
    sex = "female"
    madrs = 33

JSON with the same names is read wherever TOML is. Unknown names are refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from resynapse.errors import Refused
from resynapse.therapy.patient import ADULT_Y, EXAMPLES, OLDEST_Y, RANGES

_STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


class _File(BaseModel):
    model_config = _STRICT

    schema_: Literal[1] = Field(alias="schema", description="Version of this file's form.", examples=[1])


class PartFile(BaseModel):
    """One part of a course, each field in the words of the plan language."""

    model_config = _STRICT

    dose: str = Field(description="A dose: number and unit.", examples=["0.5 mg/kg"])
    over: str | None = Field(None, description="How long the infusion lasts.", examples=["40 min"])
    route: str | None = Field(None, description="The route.", examples=["iv"])
    schedule: str | None = Field(None, description="When it is given.", examples=["mon wed fri, 2 weeks"])


class CourseFile(_File):
    """A course: `plan`, or a list of `part`; not both."""

    plan: str | None = Field(None, description="The whole course in one line.", examples=["0.5 mg/kg over 40 min"])
    part: list[PartFile] | None = Field(
        None, description="The parts in order.", examples=[[{"dose": "0.5 mg/kg", "over": "40 min"}]]
    )


def _between(name: str) -> Any:
    low, high = RANGES[name]
    return Field(
        None,
        description=f"A number, {low} to {high}.",
        json_schema_extra={"minimum": low, "maximum": high},
        examples=[int(EXAMPLES[name])],
    )


class PatientFile(_File):
    """A person's facts; those left out are unknown, the weight is 70 kg."""

    weight: str | float = Field("70 kg", description="Body weight: text with its unit, or kg.", examples=["82 kg"])
    age: Annotated[
        float | None,
        Field(json_schema_extra={"minimum": ADULT_Y, "maximum": OLDEST_Y}, description="Years.", examples=[44]),
    ] = None
    sex: Literal["female", "male"] | None = Field(None, description="female, male, or left out.", examples=["female"])
    madrs: int | None = _between("madrs")
    sbp: float | None = _between("sbp")
    dbp: float | None = _between("dbp")
    heart_rate: float | None = _between("heart_rate")
    failed_trials: int | None = _between("failed_trials")
    new_antidepressant: bool = Field(
        False, description="An oral antidepressant starts within 14 days: true or false.", examples=[True]
    )


MODELS: dict[str, type[BaseModel]] = {"course": CourseFile, "patient": PatientFile}


def json_schema(kind: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a file: "course" or "patient"."""
    if kind not in MODELS:
        raise Refused(f"{kind[:40]!r} is no kind of file here", f"Kinds: {', '.join(MODELS)}.", ("course",))
    schema = MODELS[kind].model_json_schema(by_alias=True)
    if kind == "course":
        schema["oneOf"] = [{"required": ["plan"]}, {"required": ["part"]}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
