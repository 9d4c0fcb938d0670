"""REST and Socket.IO for people who answer beside the bot, and for programs. Reads stores, writes orders into them, and
never touches a channel. Needs the extra `wabot[api]`."""
