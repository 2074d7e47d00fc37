import type { Endpoint, EndpointName } from '../../contract/api.ts';
import { api } from '../../contract/api.ts';

const style = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.05rem; }
article { border-top: 1px solid #8884; padding: .6rem 0; }
summary { display: flex; gap: .8rem; align-items: baseline; cursor: pointer; }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; }
.method { width: 4.2rem; font-weight: 600; } .path { flex: 1; } .role { width: 4.5rem; text-align: right; opacity: .65; }
pre { overflow: auto; padding: .8rem; background: #8881; border-radius: 6px; }
`;

/** The interface as a page: no script, nothing from elsewhere. */
export function renderDocs(document: Record<string, unknown>): string {
  const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;
  const sections = Object.entries(Object.groupBy(Object.entries(api) as [EndpointName, Endpoint][], groupOf)).map(
    ([group, endpoints = []]) =>
      `<h2>${escapeHtml(group)}</h2>${endpoints.map((one) => renderEndpoint(one, paths)).join('')}`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Syncline: interface</title><link rel="icon" href="/favicon.svg" type="image/svg+xml"><style>${style}</style></head><body>
<h1>The interface of Syncline</h1>
<p>Everything the editor does, under <code>/api</code>. Send an API token as <code>Authorization: Bearer …</code>.
Each endpoint names the role it needs; a role holds what those before it may: viewer, operator, editor, admin.
Errors are JSON with <code>code</code>, <code>message</code> and <code>action</code>.
For programs: <a href="/api/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</body></html>`;
}

const groupOf = ([, endpoint]: [EndpointName, Endpoint]): string => endpoint.path.split(/[/.]/)[1] ?? '';

function renderEndpoint(
  [name, endpoint]: [EndpointName, Endpoint],
  paths: Record<string, Record<string, Record<string, unknown>>>,
): string {
  const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
  const { requestBody, parameters, responses } = paths[path]?.[endpoint.method.toLowerCase()] ?? {};
  const details = { parameters, requestBody, responses };
  return `<article id="${name}"><details><summary><code class="method">${endpoint.method}</code>
<code class="path">${escapeHtml(path)}</code><span>${escapeHtml(endpoint.summary)}</span><span class="role">${endpoint.role}</span></summary>
<pre>${escapeHtml(JSON.stringify(details, null, 2))}</pre></details></article>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
