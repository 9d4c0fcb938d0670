"""One root for every error that wabot raises on purpose."""


class WabotError(Exception):
    """Something that a person can act on; its text says what is wrong and what to do."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").split("\n")[0])


class UsageError(WabotError):
    """The command line asks for something that does not exist."""


class StoreError(WabotError):
    """The tenant's database cannot be used."""


class StoreDamaged(StoreError):
    """The tenant's database is damaged: only another file helps, not waiting."""


class TenantBusy(WabotError):
    """Another process already runs this tenant."""


class ChannelError(WabotError):
    """The channel could not carry out what it was asked."""


class ChannelBusy(ChannelError):
    """The message did not go out, because one before it is under way; it shall be tried again soon."""


class SendRefused(ChannelError):
    """WhatsApp refused this message; sending it again would be refused again."""


class CustomerGone(SendRefused):
    """No message can reach this customer any more, whoever writes it."""


class SendRestricted(SendRefused):
    """WhatsApp restricts this number: it may not start chats for now."""


class SendUnknown(ChannelError):
    """Nobody can tell whether the message went out; it must not be sent again blindly."""


class KeysUnusable(ChannelError):
    """The file of the WhatsApp keys cannot be used."""


class KeysDamaged(KeysUnusable):
    """The file of the WhatsApp keys is damaged: only another helps."""


class MediaGone(ChannelError):
    """A file cannot be downloaded, now or later."""


class MediaTooLarge(ChannelError):
    """A file is larger than what is wanted."""


class RenderError(WabotError):
    """A rule's text could not be made for this customer."""


class BackupError(WabotError):
    """A backup cannot be made, or cannot be used."""


class DamagedSource(BackupError):
    """What was to be backed up is damaged."""


class ExportError(WabotError):
    """What was to be exported cannot be written."""
