/** One row of an answer: which series it is of, when, and its values by column. */
export interface Row {
  readonly tags: Readonly<Record<string, string>>
  readonly time: number
  readonly values: Readonly<Record<string, string | number | boolean | null>>
}

interface Answer {
  readonly error?: string
  readonly results?: readonly {
    readonly error?: string
    readonly series?: readonly {
      readonly name: string
      readonly tags?: Readonly<Record<string, string>>
      readonly columns: readonly string[]
      readonly values: readonly (readonly (string | number | boolean | null)[])[]
    }[]
  }[]
}

/**
 * Asks InfluxDB one InfluxQL query the way Grafana does. Rows without any value are left out, as Grafana shows nothing for them.
 * @throws with InfluxDB's own words when it refuses the query
 */
export async function ask(url: string, database: string, query: string): Promise<Row[]> {
  const response = await fetch(`${url}/query?epoch=ms&db=${database}`, {
    method: 'POST',
    body: new URLSearchParams({ q: query }),
  })
  const answer = (await response.json()) as Answer
  const trouble = answer.error ?? answer.results?.find(({ error }) => error)?.error
  if (trouble !== undefined) throw new Error(`InfluxDB refuses: ${trouble}\n  ${query}`)
  return (answer.results ?? []).flatMap(({ series = [] }) =>
    series.flatMap(({ tags = {}, columns, values }) =>
      values
        .map((row) => ({
          tags,
          time: columns[0] === 'time' ? Number(row[0]) : 0,
          values: Object.fromEntries(
            columns.flatMap((column, index) => (column === 'time' ? [] : [[column, row[index] ?? null]])),
          ),
        }))
        .filter((row) => Object.values(row.values).some((value) => value !== null)),
    ),
  )
}

/** What the query of a variable offers: measurement names, or values of a tag. */
export const options = async (url: string, database: string, query: string): Promise<string[]> => [
  ...new Set((await ask(url, database, query)).map(({ values }) => String(values.value ?? values.name))),
]
