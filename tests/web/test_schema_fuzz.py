"""Every address of the API against its own description, with made-up requests (schemathesis 4.32).

Few examples in the suite; RESYNAPSE_FUZZ=200 makes so many, and every edge of every field besides (minutes).
Left out, each with its reason:

* positive_data_acceptance: a text of 4,000 characters fits the schema and is no plan; it is refused with 422.
* ignored_auth, object_level_authorization, ensure_resource_availability, use_after_free, missing_required_header:
  there is no login, no list of what others made, and no header that must be sent; runs are followed in test_runs.py.
"""

import os
import warnings

import pytest

from resynapse import study
from resynapse.services import export
from resynapse.therapy import population
from resynapse.web import app as app_
from resynapse.web import jobs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its test client would rather have another httpx
    import schemathesis
    from hypothesis import HealthCheck, Phase, settings
    from schemathesis.checks import CHECKS, load_all_checks
    from schemathesis.config import SchemathesisConfig

load_all_checks()
LEFT_OUT = {
    "positive_data_acceptance", "ignored_auth", "object_level_authorization", "ensure_resource_availability",
    "use_after_free", "missing_required_header",
}  # fmt: skip
KEPT = [CHECKS.get_one(name) for name in sorted(set(CHECKS.get_all_names()) - LEFT_OUT)]
FULL = "RESYNAPSE_FUZZ" in os.environ
MANY = int(os.environ.get("RESYNAPSE_FUZZ", "20"))
HERE = {"host": "127.0.0.1"}
SOUND = {"plan": "0.5 mg/kg over 40 min", "first": "", "against": "1 mg/kg", "person": "82 kg, 44 y", "floor": "",
         "setting": "masked trial", "compare": "active placebo", "until": "3 d", "date": ""}  # fmt: skip

app = app_.create()
REFUSES = [400, 404, 405, 413, 414, 415, 422]
config = SchemathesisConfig.from_dict({
    "phases": {"coverage": {"enabled": FULL}},
    "checks": {"negative_data_rejection": {"expected-statuses": REFUSES}},  # a body may also be too large
})  # fmt: skip
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config, headers=HERE)


def sound(case):
    """Half of what fits the schema is given texts that can be read, so that more than refusals is seen."""
    body = case.body
    fits = case.meta is not None and case.meta.generation.mode == schemathesis.GenerationMode.POSITIVE
    if fits and isinstance(body, dict) and sum(map(ord, repr(body)[:200])) % 2 == 0:
        case.body = {k: SOUND[k] if k in SOUND and isinstance(v, str) else v for k, v in body.items()}


@pytest.fixture(scope="module", autouse=True)
def small_and_quick():
    """Two people in each of five draws for three days, whatever is asked; runs are taken in and never started."""

    def few(self):
        for name, most in (("draws", 5), ("people", 2)):
            object.__setattr__(self, name, min(getattr(self, name), most))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(population.Population, "__post_init__", few)
        patch.setattr(study, "hours_of", lambda _: 72.0)
        patch.setattr(study, "MOST_SESSIONS", 3)
        patch.setattr(jobs.Runs, "_begin", lambda _: None)
        patch.setattr(jobs, "WAITING", 10**6)
        for name in () if FULL else ("report_html", "picture_svg"):
            patch.setattr(export, name, drawn_once(getattr(export, name)))
        yield


def drawn_once(draw):
    """What is drawn is the same for every answer here: the first stands for all that draw alike."""
    held = {}

    def again(answer, *name):
        if name not in held:
            held[name] = draw(answer, *name)
        return held[name]

    return again


@schema.parametrize()
@settings(max_examples=MANY, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
          phases=(Phase.explicit, Phase.generate))  # fmt: skip
def test_the_description_holds(case):
    case.headers = {**(case.headers or {}), **HERE}
    sound(case)
    case.call_and_validate(checks=KEPT, headers=HERE)


def test_every_address_is_described():
    described = app.openapi()
    paths = described["paths"]
    assert len(paths) >= 20
    for path, operations in paths.items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert {"400", "403", "421"} <= set(operation["responses"]), where
            for parameter in operation.get("parameters", ()):
                bounded(parameter["schema"], f"{where} {parameter['name']}", described)
            if "requestBody" in operation:
                content = operation["requestBody"]["content"]
                assert list(content) == ["application/json"], where
                bounded(content["application/json"]["schema"], where, described)


def bounded(schema_, where, described):
    """Every number and text of a request has an end, every object is closed."""
    if "$ref" in schema_:
        schema_ = described["components"]["schemas"][schema_["$ref"].rpartition("/")[2]]
    for one in (*schema_.get("anyOf", ()), *schema_.get("oneOf", ())):
        bounded(one, where, described)
    kind = schema_.get("type")
    if kind in ("integer", "number"):
        assert {"minimum", "exclusiveMinimum"} & set(schema_), where
        assert {"maximum", "exclusiveMaximum"} & set(schema_), where
    if kind == "string":
        assert {"maxLength", "enum", "const"} & set(schema_), where
    if kind == "array":
        assert "maxItems" in schema_, where
        bounded(schema_["items"], where, described)
    if kind == "object":
        assert schema_["additionalProperties"] is False, where
        for name, inner in schema_["properties"].items():
            bounded(inner, f"{where} {name}", described)
