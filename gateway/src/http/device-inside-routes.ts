import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { HttpRefusal } from './failures.ts'
import { deviceInsideSchema } from './inside-schemas.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

/** `/api/v1/devices/:id/inside`: raw registers or messages, plan, link and history of one device. */
export function deviceInsideRoutes(app: RouteHost, { views }: RouteParts): void {
  app.get(
    '/api/v1/devices/:id/inside',
    {
      config: { access: 'see-inside' },
      schema: {
        operationId: 'device-inside',
        summary: 'One device from inside: raw words or messages, read plan, link, identity, history',
        params: z.object({ id: idSchema }),
        response: {
          200: deviceInsideSchema.describe('`modbus` for a polled device, `mqtt` for one that sends by itself.'),
          ...failures,
          404: failureSchema.describe('The hall has no such device.'),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const inside = await views.setup.inside(id)
      if (!inside) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${id}".`)
      return inside
    },
  )
}
