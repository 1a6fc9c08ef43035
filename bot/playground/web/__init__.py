"""The playground's web page: the workspace, the phones and the protocol log in one browser window."""
