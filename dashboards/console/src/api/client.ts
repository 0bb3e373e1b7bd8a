import type { components, paths } from './openapi.d.ts'

/** Shapes of the API by their names: `Shape<'WorkOrder'>`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]

type Method = 'get' | 'post' | 'patch' | 'delete'
/** The addresses that can be asked in this way. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never
}[keyof paths]
type Operation<P extends keyof paths, M extends Method> = paths[P][M]
type Success<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? BodyOf<R[S]> : never }[keyof R]
  : never
type BodyOf<R> = R extends { content: { 'application/json': infer B } } ? B : undefined
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : undefined
type Params<O> = O extends { parameters: { path: infer P } } ? P : undefined
type Sent<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : undefined

/** What the gateway (or the way to it) said when it did not do what was asked. */
export class ApiFailure extends Error {
  /** HTTP status; 0 when the gateway could not be reached at all. */
  readonly status: number
  /** `HW_…`, as in gateway/docs/errors.md. */
  readonly code: string
  readonly remedy: string
  readonly fields: readonly { readonly field: string; readonly message: string }[]
  /** Everything else the answer held. */
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Partial<Shape<'Failure'>> & Record<string, unknown>) {
    super(body.message ?? '')
    this.status = status
    this.code = body.code ?? (status === 0 ? 'HW_UNREACHABLE' : `HTTP ${status}`)
    this.remedy = body.remedy ?? ''
    this.fields = body.fields ?? []
    this.body = body
  }
}

/** Longer than the slowest page of history; shorter than a person's patience with a dead link. */
const ANSWER_WITHIN_MS = 15_000

interface Asked {
  readonly params?: object | undefined
  readonly query?: object | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Called whenever an answer says that nobody is signed in (any more). */
let onSignedOut = () => {}
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener
}

async function ask(method: Method, path: string, { params, query, body, signal }: Asked): Promise<unknown> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown> | undefined)?.[name])),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (Array.isArray(value)) for (const each of value) search.append(name, String(each))
    else if (value !== undefined) search.set(name, String(value))
  }
  const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
  let response: Response
  let text: string
  try {
    response = await fetch(`${filled}${search.size > 0 ? `?${search}` : ''}`, {
      method: method.toUpperCase(),
      credentials: 'same-origin',
      signal: signal ?? late,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    text = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiFailure(0, {})
  }
  const answer = parsed(text)
  // A page that a Wi-Fi puts between answers 200 too: what is not ours is no answer.
  if (response.ok && answer === undefined && response.status !== 204) throw new ApiFailure(0, {})
  if (response.ok) return answer ?? {}
  const failure = new ApiFailure(response.status, answer ?? {})
  if (failure.status === 401 && path !== '/api/v1/login') onSignedOut()
  throw failure
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** `get('/api/v1/orders/{id}', { params: { id } })`. Throws ApiFailure. */
export const get = <P extends PathOf<'get'>>(
  path: P,
  asked: {
    params?: Params<Operation<P, 'get'>>
    query?: Query<Operation<P, 'get'>>
    signal?: AbortSignal
  } = {},
): Promise<Success<Operation<P, 'get'>>> => ask('get', path, asked) as Promise<Success<Operation<P, 'get'>>>

interface Act<O> {
  readonly params?: Params<O>
  readonly body?: Sent<O>
}

const act =
  <M extends 'post' | 'patch' | 'delete'>(method: M) =>
  <P extends PathOf<M>>(path: P, asked: Act<Operation<P, M>> = {}): Promise<Success<Operation<P, M>>> =>
    ask(method, path, { ...asked, ...(method === 'delete' ? {} : { body: asked.body ?? {} }) }) as Promise<
      Success<Operation<P, M>>
    >

/** `post('/api/v1/orders/{id}/accept', { params: { id } })`. Throws ApiFailure. */
export const post = act('post')
export const patch = act('patch')
export const remove = act('delete')
