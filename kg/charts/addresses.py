"""Where the links of a chart lead: to pages of the server, or to the IRIs of what they show."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from kg.charts.models import Href, Named, Target

_PATH = "/-._~!$&'()*+,;=:@%"


def to_pages(base: str, *, site: str = "") -> Href:
    """Links to the pages of the server at *site* (empty: the one that the page with the chart comes from).

    *base* is that of the corpus: the page of a thing is what its IRI has after it. A single position has
    its own page, several have the question where the actor stands; two actors lead to a matrix of
    what both take a stance on. Both keep to the limits of the chart.

    >>> bo, fees = Named("Bo", "https://e.org/actor/bo"), Named("fees", "https://e.org/proposal/fees")
    >>> href = to_pages("https://e.org/")
    >>> href(Target(kind="cell", actor=bo, proposal=fees, positions=("p", "q")))
    '/question/stance-on?actor=bo&proposal=fees'
    >>> href(Target(kind="proposal", proposal=fees))
    '/proposal/fees'
    """

    def page(iri: str) -> str:
        rest = iri[len(base) :] if base and iri.startswith(base) else ""
        return f"{site}/{quote(rest, safe=_PATH)}" if rest else ""

    def asked(path: str, *fields: tuple[str, str]) -> str:
        return f"{site}{path}?{urlencode(fields)}"

    def href(target: Target) -> str:
        actor, other, proposal = target.actor, target.other, target.proposal
        if target.kind == "edge" and actor and other:
            two = ("actor", actor.slug), ("actor", other.slug), ("shared", "2")
            return asked("/matrix", *two, *target.within)
        if target.kind == "actor" and actor:
            return page(actor.iri)
        if target.kind == "proposal" and proposal:
            return page(proposal.iri)
        if len(target.positions) == 1:
            return page(target.positions[0])
        if target.kind in ("cell", "mark") and actor and proposal:
            within = (field for field in target.within if field[0] != "issue")
            both = ("actor", actor.slug), ("proposal", proposal.slug)
            return asked("/question/stance-on", *both, *within)
        return page(proposal.iri) if proposal else page(actor.iri) if actor else ""

    return href


def to_things(target: Target) -> str:
    """The IRI of what a link is about: a position where there is just one, else the proposal or actor."""
    if len(target.positions) == 1:
        return target.positions[0]
    found: Named | None = target.actor if target.kind == "actor" else target.proposal or target.actor
    return found.iri if found else ""
