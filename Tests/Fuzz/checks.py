"""Checks of our own for schemathesis: above all, what the schema calls valid, validation must not call wrong."""
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection

# Sentences that only the state can judge; the schema cannot know. The rest of the 400s without a code are validation's.
OF_STATE = (
    "must be signed before", "must be finalized before", "the customer has no phone", "must be the id of the customer's latest",
    "must be one of the question", "\"amount\" must be less than or equal to",
    # Products and sums, and bounds of dates: a schema has no words for them.
    "cost × quantity must be", "with shipping and discount must be", "is too large for what the items come to",
    "must be a valid date from",
    # An address of version 4 or 6, with a network behind it or without: no one format says that.
    "must be a valid ip address",
    # The page says that these are optional, and so does the document; without them there is no bank account.
    '"ach.routing" is required', '"ach.account" is required',
)


def beyond_the_first_plane(value):
    """Whether a text has characters of which JavaScript, and so Joi, counts two where a schema counts one."""
    if isinstance(value, str):
        return any(ord(character) > 0xFFFF for character in value)
    if isinstance(value, dict):
        return any(beyond_the_first_plane(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(beyond_the_first_plane(each) for each in value)


@schemathesis.check
def wrong_data_is_refused(context, response, case):
    """schemathesis's own `negative_data_rejection`, but for a body of `null` or `[]` where none is required: hapi takes it for none."""
    required = case.operation.definition.raw.get("requestBody", {}).get("required", False)
    if not required and (case.body is None or case.body == []):
        return None
    return negative_data_rejection(context, response, case)


@schemathesis.check
def an_undeclared_method_has_no_route(context, response, case):
    """What Kong says, the vendor's gateway, where schemathesis's own check would have 405."""
    declared = case.operation.method.upper() == case.method.upper() or case.method.upper() in ("HEAD", "OPTIONS")
    if case.path.startswith("/v3/") and not declared and response.status_code == 404:
        if response.json().get("message") != "no Route matched with those values":
            raise AssertionError("404 to an undeclared method, in other words than Kong's")


@schemathesis.check
def valid_data_is_not_called_wrong(context, response, case):
    if not case.path.startswith("/v3/"):
        # The control API has rules between fields, which a schema does not say.
        return
    positive = case.meta is not None and case.meta.generation.mode.is_positive
    if not positive or response.status_code != 400:
        return
    error = response.json().get("error", {})
    # A sentence hides what was somebody's secret before, and what is a secret here is made up: it may be any words.
    said = error.get("message", "")
    if (" length must be " in said or "***" in said) and beyond_the_first_plane(case.body):
        return
    if error.get("code") == "" and not any(words in error["message"] for words in OF_STATE):
        raise AssertionError(f"validation refused what the schema allows: {error['message']}")
