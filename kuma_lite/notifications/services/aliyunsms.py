"""Aliyun SMS: an SMS from a template."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import quote

from kuma_lite.core.json_text import compact_json
from kuma_lite.notifications.services import kit

API = "http://dysmsapi.aliyuncs.com/"  # as Uptime Kuma 2.5; what is sent is signed
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What the operators do not let through in a variable of a template, and what stands for it.
BARRED = (
    (re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE), "[URL]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b"), "[IP]"),
    (re.compile(r"\[?\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b\]?(?::\d{1,5})?", re.IGNORECASE), "[IP]"),
    (re.compile(r"\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?::\d{1,5})?", re.IGNORECASE), "[Domain]"),
)


class AliyunSmsOptions(kit.ServiceOptions):
    """Whose account sends which template to which numbers."""

    key_id: str = kit.secret("AccessKey ID", "accessKeyId", required=True)
    key: str = kit.secret("AccessKey Secret", "secretAccessKey", required=True)
    phones: str = kit.secret(
        "Phone Numbers", "phonenumber", required=True, help="Several are separated by commas."
    )
    template: str = kit.text(
        "Template Code",
        "templateCode",
        required=True,
        placeholder="SMS_123456789",
        help="The template gets the variables name, time and status.",
    )
    sign: str = kit.text("Sign Name", "signName", required=True)
    with_text: bool = kit.switch(
        "Optional parameters",
        "optionalParameters",
        help="Also send the variable msg, without addresses, which operators do not let through.",
    )


class AliyunSms(kit.HttpService[AliyunSmsOptions]):
    """An SMS through Aliyun."""

    name, label, groups = "AliyunSMS", "AliyunSMS (阿里云短信服务)", ("regional",)
    documentation = "https://help.aliyun.com/document_detail/101414.html"
    description = "Sends an SMS from a template of yours at Aliyun, for China."

    def request(self, o: AliyunSmsOptions, news: kit.News) -> kit.Call:
        """A signed form."""
        variables = {"name": news.name, "time": news.local_time, "status": news.pick("UP", "DOWN", "")}
        if o.with_text:
            variables["msg"] = without_addresses(news.msg if news.is_beat else news.text)
        moment = datetime.fromtimestamp(news.now, UTC).isoformat(timespec="milliseconds")
        form = {
            "PhoneNumbers": o.phones,
            "TemplateCode": o.template,
            "SignName": o.sign,
            "TemplateParam": compact_json(variables),
            "AccessKeyId": o.key_id,
            "Format": "JSON",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": str(kit.chance()),
            "Timestamp": moment.replace("+00:00", "Z"),
            "Action": "SendSms",
            "Version": "2017-05-25",
        }
        return kit.Call(API, headers=FORM, form={**form, "Signature": signature(form, o.key)})

    def refusal(self, answer: kit.Answer) -> str:
        """The message is OK, or what is wrong."""
        message = answer.at("Message")
        return "" if message == "OK" else f"Aliyun did not take the message: {message or answer.text}"


def without_addresses(text: str) -> str:
    """The text with words for what operators do not let through."""
    for pattern, word in BARRED:
        text = pattern.sub(word, text)
    return text


def signature(form: dict[str, str], key: str) -> str:
    """Of the sorted fields, https://help.aliyun.com/document_detail/315526.html."""
    fields = sorted((_encoded(name), _encoded(value)) for name, value in form.items() if value)
    signed = "POST&%2F&" + _encoded("&".join(f"{name}={value}" for name, value in fields))
    return b64encode(hmac.digest(f"{key}&".encode(), signed.encode(), "sha1")).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
