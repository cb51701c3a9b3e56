"""The audit: who did what, when and from where. Entries are only added, each chained to the one before.

`cases.audit` writes them, `cases.audit_check` walks and trims them, `cases.audit_triggers` keeps the database to it.
"""

from __future__ import annotations

from typing import Any

from django.db import models


class EntriesStay(Exception):
    """An entry of the audit was about to be changed or removed."""

    def __init__(self) -> None:
        super().__init__("审计记录只能增加，不能更改或删除")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise EntriesStay

    def delete(self) -> Any:
        raise EntriesStay


class AuditEntry(models.Model):
    """One act. Account and record are kept as they were called then, and stay when these are gone.

    `details` is JSON of names, numbers and counts, never of texts that somebody wrote. `hash` is keyed and covers all
    other columns, `previous` among them, which is the hash of the entry with the number before.
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed-in", "登录"
        SIGNED_OUT = "signed-out", "退出登录"
        SIGN_IN_FAILED = "sign-in-failed", "登录失败"
        LOCKED_OUT = "locked-out", "锁定登录"
        UNLOCKED = "unlocked", "解除锁定"
        ACCOUNT_ADDED = "account-added", "新增账号"
        ACCOUNT_CHANGED = "account-changed", "修改账号"
        ACCOUNT_SWITCHED_OFF = "account-switched-off", "停用账号"
        ACCOUNT_SWITCHED_ON = "account-switched-on", "启用账号"
        ROLES_CHANGED = "roles-changed", "调整角色"
        DISTRICTS_CHANGED = "districts-changed", "调整管辖区划"
        PASSWORD_SET = "password-set", "设置密码"
        PASSWORD_CHANGED = "password-changed", "修改本人密码"
        TOTP_ADDED = "totp-added", "绑定动态口令"
        TOTP_REMOVED = "totp-removed", "解除动态口令"
        RECOVERY_CODES_RENEWED = "recovery-codes-renewed", "更换恢复码"
        RECOVERY_CODE_USED = "recovery-code-used", "用恢复码登录"
        SESSIONS_ENDED = "sessions-ended", "结束登录"
        INVITED = "invited", "发出邀请"
        INVITATION_ACCEPTED = "invitation-accepted", "接受邀请"
        INVITATION_REVOKED = "invitation-revoked", "撤回邀请"
        ROLE_ADDED = "role-added", "新增角色"
        ROLE_CHANGED = "role-changed", "修改角色权限"
        ROLE_REMOVED = "role-removed", "删除角色"
        SUBMITTED = "submitted", "提交审核"
        PUBLISHED = "published", "发布"
        SCHEDULED = "scheduled", "定时发布"
        UNSCHEDULED = "unscheduled", "取消定时发布"
        TAKEN_BACK = "taken-back", "撤回提交"
        SENT_BACK = "sent-back", "退回修改"
        WITHDRAWN = "withdrawn", "撤下"
        CORRECTED = "corrected", "勘误"
        RESTORED = "restored", "恢复旧版本"
        DISCARDED = "discarded", "移入回收站"
        UNDISCARDED = "undiscarded", "移出回收站"
        DELETED = "deleted", "删除"
        EXPORTED = "exported", "导出未公开材料"
        IMPORTED = "imported", "导入"
        ARTICLE_TAKEN_OVER = "article-taken-over", "从文章导入"
        BULK_CHANGED = "bulk-changed", "批量修改"
        UNDONE = "undone", "撤销批量操作"
        MERGED = "merged", "合并"
        UNMERGED = "unmerged", "撤销合并"
        AUDIT_EXPORTED = "audit-exported", "导出审计日志"
        AUDIT_TRIMMED = "audit-trimmed", "清理审计日志"

    number = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间", db_index=True)
    # Without choices: what else is to be recorded some day needs no migration.
    action = models.CharField("事项", max_length=30)
    account = models.BigIntegerField("账号编号", null=True)
    username = models.CharField("账号", max_length=150, blank=True)
    full_name = models.CharField("姓名", max_length=310, blank=True)
    about_kind = models.CharField("对象类别", max_length=60, blank=True)
    about_key = models.CharField("对象编号", max_length=40, blank=True)
    about_name = models.CharField("对象", max_length=200, blank=True)
    address = models.CharField("地址", max_length=64, blank=True)
    details = models.TextField("详情", default="{}")
    previous = models.CharField("前一条的校验码", max_length=64)
    hash = models.CharField("校验码", max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计日志"
        ordering = ["-number"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["action", "number"], name="audit_by_action"),
            models.Index(fields=["username", "number"], name="audit_by_username"),
            models.Index(fields=["about_name", "number"], name="audit_by_about_name"),
            models.Index(fields=["about_kind", "about_key", "number"], name="audit_by_about"),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 条"

    @property
    def act(self) -> str:
        return str(self.Action(self.action).label) if self.action in self.Action else self.action

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EntriesStay
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise EntriesStay


class AuditHead(models.Model):
    """Where the chain begins and ends, in one row under a keyed seal, so that what is missing at an end is noticed.

    `first` is the number that the first kept entry has, `before` the hash of the one before it, which was trimmed;
    `number` and `hash` are those of the last entry.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    first = models.BigIntegerField("第一条的序号", default=1)
    before = models.CharField("第一条之前的校验码", max_length=64)
    number = models.BigIntegerField("最后一条的序号", default=0)
    hash = models.CharField("最后一条的校验码", max_length=64)
    seal = models.CharField("封签", max_length=64)

    class Meta:
        verbose_name = "审计链头"
        verbose_name_plural = "审计链头"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_audit_head")]

    def __str__(self) -> str:
        return f"第 {self.first} 至 {self.number} 条"
