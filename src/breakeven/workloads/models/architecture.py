"""Architectures: configurations of any family that transformers knows, asked, not listed here."""

from collections.abc import Mapping
from typing import Any

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar
from breakeven.workloads.models.folder import SIZE_KEYS
from breakeven.workloads.models.frameworks import import_transformers
from breakeven.workloads.models.further import check_further, read_further

DEFAULT = "bert"
"""What a random model is unless a study says otherwise (Devlin et al. 2019)."""

_DEFAULT_POSITIONS = 512


def new_config(settings: Mapping[str, Scalar]) -> Any:  # noqa: ANN401 - transformers is untyped
    """Build the configuration of a random model; its vocabulary is its tokenizer's to say.

    Args:
        settings: `architecture`, the sizes of the model (0 leaves one as the family has it),
            `max_length` (as many positions are made, 512 at least), and further keys in
            `config`, its number of positions instead among them.

    Raises:
        UnknownNameError: If transformers knows no such architecture, or it has no such key.
        SettingsError: If it has no key for a size that is asked for, or refuses a value.
    """
    family = str(settings.get("architecture", DEFAULT))
    plain = plain_config(family)
    keys = known_keys(plain)
    asked = {name: int(settings[name]) for name in ("hidden_size", "n_layers", "n_heads")}
    asked["intermediate_size"] = int(settings["intermediate_size"])
    sizes = {_key(name, keys, family): size for name, size in asked.items() if size}
    if any(key in keys for key in SIZE_KEYS["n_positions"]):
        n_positions = max(_DEFAULT_POSITIONS, int(settings["max_length"]))
        sizes[_key("n_positions", keys, family)] = n_positions
    further = read_further(str(settings.get("config", "")))
    check_further(further, keys, of=family)
    named = {_own_name(plain, key): value for key, value in {**sizes, **further}.items()}
    try:
        return type(plain)(**named)
    except (ValueError, TypeError, KeyError) as error:
        raise SettingsError(
            f"architecture={family!r} refuses its sizes ({error}); change them, or set `config`"
        ) from error


def plain_config(family: str) -> Any:  # noqa: ANN401 - the same
    """Return the configuration a family has when nobody says anything.

    Raises:
        UnknownNameError: If transformers knows no such family.
    """
    check_family(family)
    return import_transformers().AutoConfig.for_model(family)


def check_family(family: str) -> None:
    """Refuse a family that transformers does not know.

    Raises:
        UnknownNameError: If it does not; the nearest ones are suggested.
        MissingExtraError: If it is not installed.
    """
    transformers = import_transformers()
    if family not in transformers.CONFIG_MAPPING:
        raise UnknownNameError("architecture", family, list(transformers.CONFIG_MAPPING))


def known_keys(config: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Keys that may be set on a configuration with their values, other names for them included."""
    also = {other: getattr(config, own, None) for other, own in config.attribute_map.items()}
    return {**config.to_dict(), **also}


def is_decoder(config: Any) -> bool:  # noqa: ANN401 - the same
    """Whether a model reads from left to right only, and so ends its texts with a token.

    A family that can also be trained on masked text is an encoder, unless its own configuration
    says that it is used as a decoder.
    """
    transformers = import_transformers()
    auto = transformers.models.auto.modeling_auto
    is_causal = type(config) in auto.MODEL_FOR_CAUSAL_LM_MAPPING
    is_masked = type(config) in auto.MODEL_FOR_MASKED_LM_MAPPING
    return is_causal and (not is_masked or bool(getattr(config, "is_decoder", False)))


def _key(name: str, keys: Mapping[str, Any], family: str) -> str:
    found = next((key for key in SIZE_KEYS[name] if key in keys), None)
    if found is None:
        raise SettingsError(
            f"the configuration of {family!r} has no key for {name} (none of "
            f"{', '.join(SIZE_KEYS[name])}); set {name}=0 to leave it as the architecture has it"
        )
    return found


def _own_name(config: Any, key: str) -> str:  # noqa: ANN401 - the same
    return str(config.attribute_map.get(key, key))
