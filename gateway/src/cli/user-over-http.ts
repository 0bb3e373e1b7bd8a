import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Role } from '../domain/role.ts'

/** Where users are managed: in the store itself, or at the gateway that owns it. Throws HallwattError for what is refused. */
export interface UserDesk {
  list(): Promise<readonly { name: string; roles: readonly string[]; mustChange: boolean }[]>
  add(name: string, roles: readonly Role[]): Promise<{ readonly password: string }>
  resetPassword(name: string): Promise<{ readonly password: string }>
  setRoles(name: string, roles: readonly Role[]): Promise<void>
  remove(name: string): Promise<void>
  close(): Promise<void>
}

/** @param url  of the gateway, without a slash at the end */
export function userDeskOverHttp(url: string, token: string): UserDesk {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${url}/api/v1/users${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new HallwattError('HW_GATEWAY_RUNNING', `The gateway holds the store but does not answer at ${url}.`, {
        cause,
      })
    })
    const said = (await answer.json().catch(() => ({}))) as T & { code?: string; message?: string }
    if (answer.ok) return said
    const code =
      said.code !== undefined && Object.hasOwn(ERROR_CODES, said.code) ? (said.code as ErrorCode) : 'HW_INTERNAL'
    throw new HallwattError(code, said.message ?? `${url} answered ${answer.status}.`)
  }
  const at = (name: string) => `/${encodeURIComponent(name)}`
  return {
    list: async () => (await ask<{ users: Awaited<ReturnType<UserDesk['list']>> }>('GET', '')).users,
    add: (name, roles) => ask('POST', '', { name, roles }),
    resetPassword: (name) => ask('POST', `${at(name)}/password`, {}),
    setRoles: async (name, roles) => void (await ask('POST', `${at(name)}/roles`, { roles })),
    remove: async (name) => void (await ask('DELETE', at(name))),
    close: async () => {},
  }
}
