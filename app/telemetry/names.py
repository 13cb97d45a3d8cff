"""Every attribute that a span or an event of ours can have. docs/tracing.md says what they mean; a test compares the two.

`gen_ai.*` is version 1.41 of the GenAI conventions, which are still in development:
https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-spans.md
"""

HTTP_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_STATUS = "http.response.status_code"
HTTP_RESEND = "http.request.resend_count"
URL_PATH = "url.path"
CLIENT_ADDRESS = "client.address"
USER_AGENT = "user_agent.original"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
ERROR_TYPE = "error.type"

GENAI_OPERATION = "gen_ai.operation.name"
GENAI_PROVIDER = "gen_ai.provider.name"
GENAI_MODEL = "gen_ai.request.model"
GENAI_STREAM = "gen_ai.request.stream"
GENAI_ANSWERED_MODEL = "gen_ai.response.model"
GENAI_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
GENAI_INPUT = "gen_ai.usage.input_tokens"
GENAI_OUTPUT = "gen_ai.usage.output_tokens"
GENAI_CACHE_READ = "gen_ai.usage.cache_read.input_tokens"
GENAI_CACHE_CREATION = "gen_ai.usage.cache_creation.input_tokens"
GENAI_REASONING = "gen_ai.usage.reasoning.output_tokens"

FLOW_ID = "aihub.flow_id"
OUTCOME = "aihub.outcome"
FORMAT = "aihub.format"
USER = "aihub.user"
TOKEN = "aihub.token"  # noqa: S105  # the name of the attribute, whose value is a name too
GROUP = "aihub.group"
MODEL = "aihub.model"
ATTEMPTS = "aihub.attempts"
ERROR_CODE = "aihub.error.code"
REFUSED_BY = "aihub.refused_by"
STAGE_MS = "aihub.stage.{stage}.ms"

ATTEMPT = "aihub.attempt"
CHANNEL = "aihub.channel"
KEY = "aihub.key"
VENDOR = "aihub.vendor"
VENDOR_REQUEST_ID = "aihub.vendor.request_id"
VERDICT = "aihub.verdict"
FAILURE_CODE = "aihub.failure.code"
RETRY_AFTER = "aihub.failure.retry_after"

STAGE = "aihub.stage"
HOOK = "aihub.hook"
EXCEPTION = "aihub.exception"
SECONDS = "aihub.seconds"
SCOPE = "aihub.scope"
LIMIT = "aihub.limit"
SIZE = "aihub.size"

REQUEST_BODY = "aihub.request.body"
REPLY_BODY = "aihub.reply.body"

ALL = frozenset(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
