"""What other rules would have answered to what customers wrote: stored chats, and exported ones. docs/replay.md."""
