import { ApiFailure } from '../../../api/client.ts'

export interface TakenBackup {
  readonly name: string
  readonly bytes: number
}

/**
 * Asks the gateway for one file and hands it to the browser's downloads. Not through api/client.ts: the answer is no JSON and may
 * take minutes. Throws ApiFailure.
 */
export async function takeBackup(): Promise<TakenBackup> {
  let response: Response
  try {
    response = await fetch('/api/v1/backup', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  } catch {
    throw new ApiFailure(0, {})
  }
  if (!response.ok) throw new ApiFailure(response.status, await response.json().catch(() => ({})))
  const file = await response.blob().catch(() => {
    throw new ApiFailure(0, {})
  })
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'hallwatt.tar'
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return { name, bytes: file.size }
}
