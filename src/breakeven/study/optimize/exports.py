"""Exports: which graphs a search of a model may try on this device, and why not others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.workloads.backends.backend import Offering, find_backend


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """What to export to.

    Attributes:
        precisions: Of each backend.
        left_out: One sentence for each reason that keeps precisions out.
    """

    precisions: Mapping[str, list[str]]
    left_out: tuple[str, ...] = ()


def exports_to(names: Sequence[str], precisions: Sequence[str] = ()) -> Exports:
    """What registered backends export to; see `exports_of`.

    Raises:
        UnknownNameError: If no installed package declares one; or as `exports_of`.
        SettingsError: As `exports_of`.
    """
    return exports_of([find_backend(name) for name in names], precisions)


def exports_of(backends: Sequence[Offering], precisions: Sequence[str] = ()) -> Exports:
    """Precisions that each backend builds with what is installed, and computes in on this device.

    Of a backend that is not there at all it is every precision, so that its rows say what to do.

    Args:
        backends: Installed or not.
        precisions: Those that are wanted; all without.

    Raises:
        UnknownNameError: If no backend builds a precision.
        SettingsError: If precisions are wanted, and no backend is.
    """
    if precisions and not backends:
        raise SettingsError(
            f"precisions {','.join(precisions)} are of graphs, and there is no backend to export "
            "to; name one that is installed by --backends"
        )
    known = {precision for backend in backends for precision in backend.precisions}
    for name in precisions:
        if name not in known:
            raise UnknownNameError("precision", name, known)
    tried, sentences = dict[str, list[str]](), list[str]()
    for backend in backends:
        wanted = [p for p in backend.precisions if p in precisions or not precisions]
        lacking = _lacking(backend, wanted)
        here = [precision for precision in wanted if precision not in lacking]
        wider = _wider(backend, here)
        kept = [precision for precision in here if precision not in wider]
        if kept or not here:
            tried[backend.name] = kept or wanted
        sentences += _told({**wider, **lacking}) if here else ()
    return Exports(
        precisions={name: own for name, own in tried.items() if own}, left_out=tuple(sentences)
    )


def installed_backends() -> list[str]:
    """Registered backends that build some precision with what is here."""
    from breakeven import registry  # noqa: PLC0415 - as needed

    backends = map(find_backend, registry.names("backend"))
    return [b.name for b in backends if len(_lacking(b, b.precisions)) < len(b.precisions)]


def _lacking(backend: Offering, precisions: Sequence[str]) -> dict[str, str]:
    """What those precisions lack that cannot be built here."""
    missing = {precision: backend.missing([precision]) for precision in precisions}
    return {precision: advice for precision, advice in missing.items() if advice}


def _wider(backend: Offering, precisions: Sequence[str]) -> dict[str, str]:
    """Why those precisions would be refused that this device has no units for."""
    computed = {precision: backend.computes_in(precision) for precision in precisions}
    return {
        precision: f"graphs of {backend.name} would compute in {own} on this device, which has no "
        "units for that"
        for precision, own in computed.items()
        if own != precision
    }


def _told(reasons: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each reason."""
    for reason in dict.fromkeys(reasons.values()):
        names = [name for name, own in reasons.items() if own == reason]
        yield f"{' and '.join(names)} left out: {reason}"
