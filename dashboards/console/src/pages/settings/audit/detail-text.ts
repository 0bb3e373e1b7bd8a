/** The detail of an entry as `via: session · address: 127.0.0.1`. It is shown as text only: people and devices wrote it. */
export const detailText = (detail: Readonly<Record<string, unknown>>): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
