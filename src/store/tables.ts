import type { Generated } from 'kysely';

/** The tables, the same in SQLite and PostgreSQL. Times are ISO 8601 in UTC as text, which sorts. `environment` '' is none. */
export interface Tables {
  runs: {
    id: Generated<number>;
    project: string;
    environment: string;
    generated_at: string;
    applied_at: string;
    /** JSON list. */
    invocation_ids: string;
    /** {@link packTimes} of the nodes that ran. */
    ran: Uint8Array;
    /** {@link packNodes} of those in the manifest, and of all that had a result. */
    known: Uint8Array;
  };
  /** One row for each invocation that was ever written down. */
  invocations: { project: string; environment: string; invocation_id: string; run_id: number };
  incidents: {
    id: string;
    project: string;
    environment: string;
    fingerprint: string;
    state: string;
    opened_at: string;
    ended_at: string | null;
    /** The run that touched it last, and what that run did to it. */
    run_id: number;
    reason: string;
    /** The whole incident as JSON. */
    body: string;
  };
  /** What happened to incidents, but for going on. */
  changes: {
    id: Generated<number>;
    incident_id: string;
    run_id: number;
    reason: string;
    at: string;
    severity: string;
    failures: number | null;
    /** In which way it failed then; null of what an earlier version has written. */
    kind: string | null;
  };
  /** The outbox: what is to be sent, and what became of it. */
  deliveries: {
    seq: Generated<number>;
    id: string;
    project: string;
    environment: string;
    receiver: string;
    integration: string;
    action: string;
    /** The order as JSON. */
    body: string;
    state: string;
    attempts: number;
    not_before: string | null;
    muted_until: string | null;
    due_at: string | null;
    may_have_arrived: Generated<number>;
    route: string | null;
    lease_until: string | null;
    lease_owner: string | null;
    created_at: string;
    updated_at: string;
    run_id: number;
    fault: string | null;
    reason: string | null;
    receipt: string | null;
  };
  delivery_incidents: { delivery_id: string; incident_id: string };
  /** Who knows of an incident, how, and what the newest delivery left there. */
  told: {
    incident_id: string;
    receiver: string;
    integration: string;
    how: string;
    receipt: string | null;
    first_told_at: string;
    delivery_id: string;
  };
}
