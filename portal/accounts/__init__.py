"""Accounts: signing in and out, second factors, sessions, passwords, invitations."""
