"""Who asks, and of which data: the tier comes from the token in the header Authorization, and from nothing else."""

from starlette.requests import Request

from data import access_tokens, engine, settings
from data.access import PUBLIC, Viewer
from exports.context import Context
from ui.api.audited import note_caller
from ui.api.problems import Problem

CHALLENGE = 'Bearer realm="tech4nature"'
NOT_KNOWN = "this token is not known here, or no longer good; without one you get what the public may have"
NO_BEARER = "the header Authorization must be: Bearer, a space, and a token; leave it out to ask as the public"
NO_DATA = "there is no data yet: the first pull is under way or still to be run"
NO_DATA_SECONDS = 60


def viewer_of(request: Request) -> Viewer:
    """Whoever shows no token is the public. Raises Problem where a token is not known."""
    headers = request.headers.getlist("authorization")
    if not headers:
        return PUBLIC
    scheme, _, token = headers[0].strip().partition(" ")
    token = token.strip()
    if len(headers) > 1 or scheme.lower() != "bearer" or not token:
        raise Problem(401, NO_BEARER, {"WWW-Authenticate": CHALLENGE})
    entry = access_tokens.entry_of(token)
    if entry is None:
        raise Problem(401, NOT_KNOWN, {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})
    note_caller(request, entry.name, entry.viewer.role)
    return entry.viewer


def context_of(request: Request) -> Context:
    """The newest data version as the caller may see it. Raises Problem where there is none yet."""
    viewer = viewer_of(request)
    view, preparation = engine.latest(settings.store_url()), settings.preparation()
    if view is None or (preparation is not None and preparation.is_first):
        raise Problem(503, NO_DATA, {"Retry-After": str(NO_DATA_SECONDS)})
    return Context(view, viewer, settings.is_demo())
