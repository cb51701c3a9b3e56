"""Addresses of accounts."""

from django.urls import path

from portal.accounts import invitations, own, sign_in

urlpatterns = [
    path("", own.account, name="account"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("login/code/", sign_in.second_step, name="second-step"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("password/", own.password, name="password"),
    path("second-factor/", own.totp, name="second-factor"),
    path("second-factor/codes/", own.recovery_codes, name="recovery-codes"),
    path("second-factor/remove/", own.remove_totp, name="remove-second-factor"),
    path("sessions/end/", own.end_other_sessions, name="end-sessions"),
    path("invitation/", invitations.accept, name="invitation"),
    path("invitation/<slug:token>/", invitations.open_link, name="invitation-link"),
]
