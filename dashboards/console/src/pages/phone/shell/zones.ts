import { get } from '../../../api/client.ts'
import { useLoaded } from '../../../parts/load.ts'

/** How the hall calls a zone; the id until that is known. */
export function useZones(): (zone: string) => string {
  const overview = useLoaded((signal) => get('/api/v1/overview', { signal }))
  return (zone) => overview.value?.zones.find(({ id }) => id === zone)?.name ?? zone
}
