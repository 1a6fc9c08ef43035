"""What people do in the workspace, and what comes of it when the app answers, fails or is late."""
