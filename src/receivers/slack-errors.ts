import { DeliveryError, type DeliveryReason } from './receiver.ts';

/**
 * What Slack's error codes mean for a delivery, and what a person can do.
 * Codes: https://docs.slack.dev/reference/methods/chat.postMessage and …/chat.update; of incoming webhooks:
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
interface Meaning {
  readonly reason: DeliveryReason;
  /** Read behind "Slack refused: ". */
  readonly sentence: string;
}

const busy: Meaning = { reason: 'retry', sentence: 'it is busy or not available for now' };
const perhaps: Meaning = { reason: 'uncertain', sentence: 'it failed in the middle, and perhaps has acted' };
const message: Meaning = { reason: 'payload', sentence: 'it does not take a message like this' };
const missing: Meaning = {
  reason: 'destination',
  sentence: 'there is no such channel for this app: check the id, and invite the app to the channel',
};
const closed: Meaning = { reason: 'destination', sentence: 'this app may not post in the channel' };
const archived: Meaning = { reason: 'destination', sentence: 'the channel is archived' };
const token: Meaning = {
  reason: 'auth',
  sentence: 'the token is wrong, expired or revoked: install the app anew and give its new bot token',
};
const scope: Meaning = {
  reason: 'auth',
  sentence:
    'the app lacks a permission: compare its scopes with the manifest in docs/slack.md in the repository of dq-report and install it anew',
};
const blocked: Meaning = { reason: 'auth', sentence: 'the workspace does not let this app in' };
const gone: Meaning = { reason: 'target_gone', sentence: 'the message is no longer there, or can no longer be edited' };
const noWebhook: Meaning = {
  reason: 'auth',
  sentence: 'the webhook was removed or its app disabled: make a new one and give its address',
};

const meanings: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    ratelimited: busy,
    rate_limited: busy,
    message_limit_exceeded: busy,
    service_unavailable: busy,
    request_timeout: busy,
    team_added_to_org: busy,
    org_login_required: busy,
    external_channel_migrating: busy,

    fatal_error: perhaps,
    internal_error: perhaps,
    update_failed: perhaps,
    rollup_error: perhaps,

    invalid_blocks: message,
    invalid_blocks_format: message,
    block_mismatch: message,
    msg_blocks_too_long: message,
    msg_too_long: message,
    no_text: message,
    metadata_too_large: message,
    invalid_metadata_format: message,
    invalid_metadata_schema: message,
    metadata_must_be_sent_from_app: message,
    invalid_attachments: message,
    too_many_attachments: message,
    invalid_arguments: message,
    invalid_payload: message,
    missing_text_or_fallback_or_attachments: message,

    channel_not_found: missing,
    not_in_channel: missing,
    user_not_found: missing,
    is_archived: archived,
    channel_is_archived: archived,
    restricted_action: closed,
    restricted_action_read_only_channel: closed,
    restricted_action_thread_only_channel: closed,
    restricted_action_non_threadable_channel: closed,
    restricted_action_thread_locked: closed,
    posting_to_general_channel_denied: closed,
    action_prohibited: closed,
    messages_tab_disabled: closed,
    ekm_access_denied: closed,
    access_denied: closed,

    not_authed: token,
    invalid_auth: token,
    token_expired: token,
    token_revoked: token,
    account_inactive: token,
    not_allowed_token_type: token,
    missing_scope: scope,
    no_permission: scope,
    accesslimited: blocked,
    team_access_not_granted: blocked,
    enterprise_is_restricted: blocked,
    two_factor_setup_required: blocked,
    no_service: noWebhook,
    no_service_id: noWebhook,
    no_active_hooks: noWebhook,
    no_team: noWebhook,
    team_disabled: noWebhook,
    invalid_token: noWebhook,

    message_not_found: gone,
    edit_window_closed: gone,
    cant_update_message: gone,
    is_inactive: gone,
    thread_not_found: gone,
    cannot_reply_to_message: gone,
  }),
);

/** Slack says no by a code; one that is not in the table says no to the message. */
export function slackRefusal(code: string, retryAfter: number | null): DeliveryError {
  const { reason, sentence } = meanings.get(code) ?? message;
  return new DeliveryError(reason, `Slack refused: ${sentence} (${code}).`, retryAfter);
}

/** Whether Slack says this; anything else in its place may be an echo of a secret. */
export function isKnownCode(text: string): boolean {
  return meanings.has(text);
}

/** Whether it looks like a code of the API, of which there are more than the table has. No token does. */
export function isSlackCode(text: string): boolean {
  return /^[a-z][a-z0-9_]{1,60}$/.test(text);
}
