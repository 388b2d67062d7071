import { createConfiguration } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/configuration.js';
import {
  type HttpLibrary,
  type RequestContext,
  ResponseContext,
} from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/http/http.js';
import { ServerConfiguration } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/servers.js';
import { AuthenticationApi } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/AuthenticationApi.js';
import { EventsApi } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/EventsApi.js';
import { MetricsApi } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/MetricsApi.js';
import { ServiceChecksApi } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/ServiceChecksApi.js';
import type { Answer, Request } from './http.ts';

/**
 * The only file that loads Datadog's client: import it when something is to be sent. Its paths inside the package are not
 * documented, so the version is pinned; of all of it (10 MB) only the v1 parts here are needed.
 */
export interface DatadogApis {
  readonly authentication: AuthenticationApi;
  readonly events: EventsApi;
  readonly metrics: MetricsApi;
  readonly checks: ServiceChecksApi;
}

/**
 * The client knows paths, headers and field names; the talking is `exchange`, because the client's own transport retries
 * by itself, prints errors to the terminal, and cannot tell a request that never left from one that may have arrived.
 */
export function connect(
  { apiUrl, apiKey }: { readonly apiUrl: string; readonly apiKey: string },
  exchange: (request: Request) => Promise<Answer>,
): DatadogApis {
  const transport: HttpLibrary = {
    async send(request) {
      const { status, headers, body } = await exchange(requestOf(request));
      return new ResponseContext(status, Object.fromEntries(headers), {
        text: async () => body,
        binary: async () => Buffer.from(body),
      });
    },
  };
  const configuration = createConfiguration({
    // Given here, so that DD_SITE and DD_API_KEY of the environment, which the client reads, change nothing.
    baseServer: new ServerConfiguration(apiUrl, {}),
    authMethods: { apiKeyAuth: apiKey },
    httpApi: transport,
    enableRetry: false,
  });
  return {
    authentication: new AuthenticationApi(configuration),
    events: new EventsApi(configuration),
    metrics: new MetricsApi(configuration),
    checks: new ServiceChecksApi(configuration),
  };
}

function requestOf(request: RequestContext): Request {
  const body = request.getBody();
  return {
    method: body === undefined ? 'GET' : 'POST',
    url: request.getUrl(),
    headers: request.getHeaders(),
    body: typeof body === 'string' ? body : null,
  };
}
