import { compileScrape, fill, type Scraped } from '../profiles/scrape-values.ts'
import { type Asker, type AskResult, type OpenAsker, secretNotSet } from './asker.ts'
import { httpGet } from './http-get.ts'

/** The exporter of a terminal sends some hundred kilobytes; more is something else. */
const MOST_BYTES = 4 * 1024 * 1024

/** Reads a page of figures. The secret, where there is one, is sent as a bearer token. */
export const scrapeAsker: OpenAsker = ({ profile, connection }, { clock, secret }): Asker => {
  const part = profile.scrape
  if (!part) throw new Error('not a scrape profile')
  const { host, port = part.port, parameters } = connection
  const scrape = compileScrape(part, parameters)
  let before: Scraped | undefined

  const failed = (result: Extract<AskResult, { ok: false }>): AskResult => {
    before = undefined
    return result
  }

  return {
    async ask(_patient, signal) {
      const named = connection.secret
      const token = named === undefined ? undefined : secret(named)
      if (named !== undefined && token === undefined) return failed(secretNotSet(named))
      const got = await httpGet(
        {
          ...{ host, port, tls: part.tls, path: fill(part.path, parameters), timeoutMs: part.timeoutMs },
          maxBytes: MOST_BYTES,
          headers: { accept: 'text/plain', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        },
        signal,
      )
      // An exporter that restarts refuses for a moment; only what answers and says no is a refusal.
      if (got.answer === 'link-down') return failed({ ok: false, failure: 'link-down' })
      if (got.answer !== 'response') return failed({ ok: false, failure: 'timeout' })
      if (got.status !== 200) return failed({ ok: false, failure: 'refused', says: `HTTP ${got.status}` })
      if (got.truncated) return failed({ ok: false, failure: 'refused', says: 'the page is larger than 4 MiB' })
      const { samples, isPage } = scrape.page(got.body)
      if (!isPage) return failed({ ok: false, failure: 'refused', says: 'there are no samples on the page' })
      const now = { samples, atS: clock.wallMs() / 1000 }
      const values = scrape.values(now, before)
      before = now
      return { ok: true, ...values }
    },
  }
}
