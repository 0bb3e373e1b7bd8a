import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { markup, POLICY, said, sendPage } from './markup.ts'
import { pictureAddress } from './pictures.ts'
import type { RouteHost, RouteParts } from './routes.ts'

/** What a visitor can say about a machine, each with its picture (`page/<id>.svg`). Six things, no free text: nobody can leave a name or a number here. */
const REASONS = {
  money: { zh: '吞钱，或钱没到账', en: 'It took my money' },
  paper: { zh: '不出凭条或发票', en: 'No receipt or invoice' },
  screen: { zh: '黑屏，或点不动', en: 'Screen dark or frozen' },
  card: { zh: '吞卡，或刷卡扫码没反应', en: 'Card kept, or card and code not read' },
  service: { zh: '交费或查询不成功', en: 'Paying or asking does not work' },
  other: { zh: '其他问题', en: 'Something else' },
} as const

const WINDOW_MS = 10 * 60_000
const PER_ADDRESS = 10
const PER_DEVICE = 5

const reasonSchema = z.object({ reason: z.enum(Object.keys(REASONS) as [keyof typeof REASONS]) })

type DeviceRequest = FastifyRequest<{ Params: { device: string } }>

/**
 * `/r/<device>`: the address in the QR code on a machine. Anybody reports a fault with one tap. The address of the phone is
 * used to slow down nonsense, in memory and for ten minutes; it is stored nowhere.
 */
export function qrRoutes(app: RouteHost, { views }: RouteParts): void {
  const perAddress = app.createRateLimit({ max: PER_ADDRESS, timeWindow: WINDOW_MS })
  const perDevice = app.createRateLimit({
    max: PER_DEVICE,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => (request as DeviceRequest).params.device,
  })
  const options = { config: { access: 'form' }, schema: { hide: true } } as const

  app.get<{ Params: { device: string } }>('/r/:device', options, (request, reply) => {
    const device = views.device(request.params.device)
    return device ? askPage(reply, device) : unknownPage(reply)
  })

  app.post<{ Params: { device: string } }>('/r/:device', options, async (request, reply) => {
    const device = views.device(request.params.device)
    if (!device) return unknownPage(reply)
    const sent = reasonSchema.safeParse(request.body)
    if (!sent.success) return askPage(reply, device, 400)
    for (const within of [perAddress, perDevice]) {
      const rate = await within(request)
      if (!rate.isAllowed && rate.isExceeded)
        return busyPage(reply.header('retry-after', String(Math.max(1, rate.ttlInSeconds))))
    }
    const reason = REASONS[sent.data.reason]
    const text = `扫码报修：${reason.zh}`
    const result = await views.repair.report({ device: device.id, source: 'qr', text, by: 'qr' })
    return result.ok
      ? thanksPage(reply, device.name, reason, result.value.id)
      : sendPage(reply, 409, '未能报修', markup`<h1>${said('未能报修', 'Not reported')}</h1><p>${result.message}</p>`)
  })
}

const askPage = (reply: FastifyReply, device: { id: string; name: string }, status = 200) =>
  sendPage(
    reply,
    status,
    `报故障 · ${device.name}`,
    markup`<h1>${said(device.name, 'Report a fault of this machine')}</h1>
<p>${said('哪里不好用？点一下就报修，不用登录。', 'What is wrong? One tap reports it. No account, and nothing about you is kept.')}</p>
<form class="choices" method="post" action="/r/${device.id}">
${Object.entries(REASONS).map(
  ([id, { zh, en }]) =>
    markup`<button name="reason" value="${id}"><img src="${pictureAddress(id)}" alt="" width="64" height="64"><span>${said(zh, en)}</span></button>\n`,
)}
</form>`,
    `${POLICY};img-src 'self'`,
  )

const thanksPage = (reply: FastifyReply, name: string, reason: { zh: string; en: string }, order: string) =>
  sendPage(
    reply,
    200,
    '已收到',
    markup`<h1>${said('已收到，谢谢', 'Received, thank you')}</h1>
<section><p>${name}</p><p>${said(reason.zh, reason.en)}</p><p>${said(`工单 ${order}`, `Order ${order}`)}</p></section>
<p>${said('已通知维修人员。急用请找大厅工作人员。', 'The technicians know. If it is urgent, please ask the hall staff.')}</p>`,
  )

const busyPage = (reply: FastifyReply) =>
  sendPage(
    reply,
    429,
    '请稍后再报',
    markup`<h1>${said('已经收到多次报修', 'Reported several times already')}</h1>
<p>${said('请稍后再试，或找大厅工作人员。', 'Please try again later, or ask the hall staff.')}</p>`,
  )

const unknownPage = (reply: FastifyReply) =>
  sendPage(
    reply,
    404,
    '没有这台设备',
    markup`<h1>${said('没有这台设备', 'There is no such machine')}</h1>
<p>${said('二维码可能已过期，请找大厅工作人员。', 'The code may be old. Please ask the hall staff.')}</p>`,
  )
