"""The list prices: the one table to change when AWS changes its own.

`checked` says where a price was seen besides memory: "page" (a worked example of the named page, as transcribed in
September 2026), "guide" (published summaries and tools, the newest of 2026), "" (nowhere).
"""

from dataclasses import dataclass

REGION, AS_OF = "us-east-1", "September 2026"
GB = 1_000_000_000


@dataclass(frozen=True)
class Price:
    """Dollars for so many of a unit."""

    service: str
    unit: str
    dollars: float
    per: int
    page: str
    checked: str

    @property
    def text(self) -> str:
        per = {1: "", GB: "10^9 "}.get(self.per, f"{self.per:,} ")
        return f"${self.dollars:.10f}".rstrip("0").rstrip(".") + f" / {per}{self.unit}"


PRICES = {
    "wru": Price("DynamoDB on demand", "write units", 0.625, 1_000_000, "Amazon DynamoDB pricing", "guide"),
    "rru": Price("DynamoDB on demand", "read units", 0.125, 1_000_000, "Amazon DynamoDB pricing", "guide"),
    "stored": Price("DynamoDB table", "GB-months", 0.25, 1, "Amazon DynamoDB pricing", "guide"),
    "recovery": Price("DynamoDB point-in-time recovery", "GB-months", 0.20, 1, "Amazon DynamoDB pricing", "guide"),
    "rest": Price("API Gateway REST API", "requests", 3.50, 1_000_000, "Amazon API Gateway pricing", "page"),
    "http": Price("API Gateway HTTP API", "requests", 1.00, 1_000_000, "Amazon API Gateway pricing", "page"),
    "invocation": Price("Lambda", "invocations", 0.20, 1_000_000, "AWS Lambda pricing", "page"),
    "compute": Price("Lambda x86", "GB-seconds", 0.0000166667, 1, "AWS Lambda pricing", "guide"),
    "sqs": Price("SQS standard", "requests", 0.40, 1_000_000, "Amazon SQS pricing", "guide"),
    "events": Price("EventBridge, own bus", "events", 1.00, 1_000_000, "Amazon EventBridge pricing", "guide"),
    "logged": Price("CloudWatch Logs, taken in", "bytes", 0.50, GB, "Amazon CloudWatch pricing", "guide"),
    "kept": Price("CloudWatch Logs, kept", "GB-months", 0.03, 1, "Amazon CloudWatch pricing", "guide"),
    "metric": Price("CloudWatch own metrics", "metric-months", 0.30, 1, "Amazon CloudWatch pricing", "guide"),
    "alarm": Price("CloudWatch alarms", "metrics watched", 0.10, 1, "Amazon CloudWatch pricing", "guide"),
    "dashboard": Price("CloudWatch dashboards", "dashboards", 3.00, 1, "Amazon CloudWatch pricing", "guide"),
    "cdn": Price("CloudFront HTTPS, United States", "requests", 1.00, 1_000_000, "Amazon CloudFront pricing", "guide"),
    "edge": Price("CloudFront Functions", "calls", 0.10, 1_000_000, "Amazon CloudFront pricing", ""),
    "waf": Price("WAF, web ACL", "requests", 0.60, 1_000_000, "AWS WAF pricing", ""),
    "waf_acl": Price("WAF, web ACL", "web ACLs", 5.00, 1, "AWS WAF pricing", ""),
    "waf_rule": Price("WAF, rule", "rules", 1.00, 1, "AWS WAF pricing", ""),
    "sent": Price("CloudFront to the internet", "bytes", 0.085, GB, "Amazon CloudFront pricing", "guide"),
    "secret": Price("Secrets Manager", "secrets", 0.40, 1, "AWS Secrets Manager pricing", "page"),
    "mau": Price("Cognito Essentials", "active people", 0.015, 1, "Amazon Cognito pricing", "page"),
    "mau_lite": Price("Cognito Lite", "active people", 0.0055, 1, "Amazon Cognito pricing", "page"),
}
