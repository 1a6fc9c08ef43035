"""What people agree to and withdraw: recorded by staff, and asked for by SMS."""
