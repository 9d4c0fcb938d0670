"""Keys, Signal sessions, encrypted media and the phone's app state, compatible with WhatsApp's clients."""
