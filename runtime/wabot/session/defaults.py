"""What the node says about automatic replies: limits for tenants whose files are silent, and whether there are any."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from wabot.engine.load import load_tenant
from wabot.language.rule_set import AutoReply
from wabot.language.tenant import Loaded


@dataclass(frozen=True, slots=True)
class NodeDefaults:
    """`delay` is milliseconds. Without `enabled` no tenant answers, whatever its files say."""

    enabled: bool = True
    delay: int = AutoReply().delay
    max_per_contact_per_day: int = AutoReply().max_per_contact_per_day
    max_per_minute: int = AutoReply().max_per_minute


def loading(node: NodeDefaults) -> Callable[[Path], Loaded]:
    """`load_tenant`, for a tenant on this node."""

    def load(folder: Path) -> Loaded:
        return with_defaults(load_tenant(folder), node)

    return load


def with_defaults(loaded: Loaded, node: NodeDefaults) -> Loaded:
    """The tenant as it runs on this node; what its tenant.yaml says itself stays."""
    if loaded.rule_set is None:
        return loaded
    data = next(document.data for document in loaded.documents if document.kind == "tenant")
    written = data.get("auto_reply", {})
    names = ("delay", "max_per_contact_per_day", "max_per_minute")
    silent = {name: getattr(node, name) for name in names if name not in written}
    tenant = loaded.rule_set.tenant
    reply = replace(tenant.auto_reply, **silent, enabled=tenant.auto_reply.enabled and node.enabled)
    return replace(loaded, rule_set=replace(loaded.rule_set, tenant=replace(tenant, auto_reply=reply)))
