"""What people take away from the dashboard as files: pure functions, from frames to bytes."""
