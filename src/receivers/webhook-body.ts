import { incidentJson } from '../incidents/incident-json.ts';
import { type Notice, type NoticeCause, noticesOf, type Task } from './receiver.ts';

/** What the webhook posts: docs/webhook.md. What is absent is null, never left out. */
export function webhookBody({ deliveryId, order }: Task): object {
  return {
    schema_version: 1,
    delivery_id: deliveryId,
    action: order.action,
    loud: order.action === 'update' ? order.loud : true,
    notices: noticesOf(order).map(noticeJson),
  };
}

function noticeJson(notice: Notice): object {
  const { incident, reason, at, project, environment, cause, history, links } = notice;
  return {
    project,
    environment,
    at,
    change: reason,
    incident: incidentJson(incident),
    cause: cause === null ? null : causeJson(cause),
    history: history.map((told) => ({
      change: told.reason,
      at: told.at,
      severity: told.severity,
      failures: told.failures,
    })),
    links: links.map(({ title, url }) => ({ title, url })),
  };
}

function causeJson(cause: NoticeCause): object {
  const { owner } = cause;
  return {
    message: cause.message,
    meaning: cause.meaning,
    category: cause.category,
    raised: cause.raised,
    error_class: cause.errorClass,
    owner: owner === null ? null : { name: owner.name, email: owner.email, slack: owner.slack, reason: owner.reason },
    path: cause.path,
    downstream: { models: cause.models, blocked_models: cause.blockedModels },
    exposures: cause.exposures.map(({ name, verdict, url }) => ({ name, verdict, url })),
    further_exposures: cause.further.exposures,
    folded: cause.folded,
    symptoms: cause.symptoms,
    further_symptoms: cause.further.symptoms,
    upstream_suspects: cause.upstreamSuspects,
    further_suspects: cause.further.suspects,
    next_command: cause.nextCommand,
    explained_by: cause.explainedBy,
    samples: cause.samples,
  };
}
