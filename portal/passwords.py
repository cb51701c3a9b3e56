"""Rules for passwords in words that Django leaves in English."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class LengthValidator(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短，至少要有 {self.min_length} 个字符"

    def get_help_text(self) -> str:
        return f"密码至少要有 {self.min_length} 个字符。"
