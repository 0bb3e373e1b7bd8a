import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tap } from '../notify/tap-links.ts'
import type { OrderAct, WorkOrder } from '../work-orders/work-order.ts'
import { record } from './acts.ts'
import { type Markup, markup, said, sendPage } from './markup.ts'
import { orderAnswer } from './repair-answers.ts'
import type { RouteHost, RouteParts } from './routes.ts'
import { nextAct, tapSituation } from './tap-situation.ts'
import type { HttpViews } from './views.ts'

const WORDS = {
  accept: { zh: '接单', en: 'Take this order' },
  arrive: { zh: '已到现场', en: 'I am on site' },
  finish: { zh: '工作结束', en: 'Work is finished' },
  view: { zh: '查看工单', en: 'See the order' },
} as const satisfies Record<Tap['act'], { zh: string; en: string }>

/** What comes of 工作结束 besides the tap itself. */
const finishSchema = z.object({ remark: z.string().trim().max(1000).default(''), noFault: z.literal('yes').optional() })

/**
 * `/t/<token>`: the links of messages. GET only shows what would be done, since chats and mail scanners open every link; the
 * button of the page does it, as the person the link was made for. Works without scripts.
 */
export function tapRoutes(app: RouteHost, { views, clock, log }: RouteParts): void {
  const options = { config: { access: 'form' }, schema: { hide: true } } as const
  type Token = { Params: { token: string } }

  app.get<Token>('/t/:token', options, async (request, reply) => {
    const found = await orderOf(views, request.params.token)
    if ('problem' in found) return problemPage(reply, found.problem)
    const { tap, order } = found
    const shown = orderAnswer(order, views, clock.wallMs())
    switch (tapSituation(tap, order)) {
      case 'ready':
        return askPage(reply, request.params.token, tap, shown, views)
      case 'done':
        return donePage(reply, tap, shown, nextLink(views, tap, order))
      case 'taken':
        return tellPage(
          reply,
          200,
          shown,
          said(`已由 ${shown.assigneeName ?? ''} 负责`, `${shown.assigneeName ?? ''} has it`),
        )
      case 'closed':
        return tellPage(reply, 200, shown, said('工单已关闭，不用处理', 'The order is closed, nothing is left to do'))
      case 'view':
        return tellPage(reply, 200, shown, said('工单', 'Work order'))
    }
  })

  app.post<Token>('/t/:token', options, async (request, reply) => {
    const found = await orderOf(views, request.params.token)
    if ('problem' in found) return problemPage(reply, found.problem)
    const { tap, order } = found
    if (tap.act === 'view')
      return tellPage(reply, 200, orderAnswer(order, views, clock.wallMs()), said('工单', 'Work order'))
    const result = await views.repair.actOnOrder(actOf(tap, request))
    const now = (await views.repair.order(tap.order)) ?? order
    const shown = orderAnswer(now, views, clock.wallMs())
    if (!result.ok)
      return tellPage(
        reply,
        409,
        shown,
        markup`${said('这一步没有执行', 'Nothing was done')}`,
        markup`<p>${result.message}</p>`,
      )
    // A second tap changes nothing and leaves no second entry.
    if (now.events.length > order.events.length)
      await record(views.auth.audit, log, {
        actor: tap.person,
        action: `order.${tap.act}`,
        subject: tap.order,
        detail: { via: 'link', address: request.ip },
      })
    return donePage(reply, tap, shown, nextLink(views, tap, now))
  })
}

type Found = { readonly tap: Tap; readonly order: WorkOrder } | { readonly problem: 'expired' | 'wrong' }

async function orderOf(views: HttpViews, token: string): Promise<Found> {
  const check = views.taps.verify(token)
  if (check.result !== 'ok') return { problem: check.result }
  const order = await views.repair.order(check.tap.order)
  return order ? { tap: check.tap, order } : { problem: 'wrong' }
}

function actOf({ act, order, person: by }: Tap & { act: string }, request: FastifyRequest): OrderAct {
  if (act === 'accept' || act === 'arrive') return { act, order, by }
  const { data } = finishSchema.safeParse(request.body ?? {})
  return { act: 'finish', order, by, remark: data?.remark ?? '', noFault: data?.noFault === 'yes' }
}

type Shown = ReturnType<typeof orderAnswer>

const orderCard = (order: Shown): Markup => markup`<section>
<p><strong>【${order.priority} ${order.priorityName.zh}】${order.deviceName}</strong></p>
<p>${order.faults.length > 0 ? order.faults.map(({ name }) => name.zh).join('、') : order.text}</p>
<p>${said(`工单 ${order.id} · ${order.stateName.zh}`, `${order.id} · ${order.stateName.en}`)}</p>
${order.assigneeName === undefined ? undefined : markup`<p>${said(`负责人：${order.assigneeName}`, `Assigned to ${order.assigneeName}`)}</p>`}
</section>`

const askPage = (reply: FastifyReply, token: string, { act, person }: Tap, order: Shown, views: HttpViews) =>
  sendPage(
    reply,
    200,
    `${WORDS[act].zh} · ${order.deviceName}`,
    markup`<h1>${said(WORDS[act].zh, WORDS[act].en)}</h1>
${orderCard(order)}
<p>${said(`以“${views.repair.personName(person)}”的名义`, `As ${views.repair.personName(person)}`)}</p>
<form method="post" action="/t/${token}">
${act === 'finish' ? FINISH_FIELDS : undefined}
<button>${said(WORDS[act].zh, WORDS[act].en)}</button>
</form>`,
  )

const FINISH_FIELDS = markup`<label>${said('做了什么（可不填）', 'What was done (optional)')}
<textarea name="remark" rows="3" maxlength="1000"></textarea></label>
<label><input type="checkbox" name="noFault" value="yes"> 到场无故障 <span lang="en">No fault found on site</span></label>`

const donePage = (reply: FastifyReply, { act }: Tap, order: Shown, next: Markup | undefined) =>
  tellPage(reply, 200, order, said(`已记录：${WORDS[act].zh}`, `Recorded: ${WORDS[act].en}`), next)

/** Leads on to 已到现场 and 工作结束: the message with the first link is all that a technician has at hand. */
function nextLink(views: HttpViews, tap: Tap, order: WorkOrder): Markup | undefined {
  const act = nextAct(tap, order)
  if (act === undefined) return undefined
  const token = views.taps.sign({ act, order: order.id, person: tap.person })
  return markup`<p><a href="/t/${token}">${said(WORDS[act].zh, WORDS[act].en)}</a></p>`
}

const tellPage = (reply: FastifyReply, status: number, order: Shown, title: Markup, more?: Markup) =>
  sendPage(reply, status, `${order.id} · ${order.deviceName}`, markup`<h1>${title}</h1>\n${more}\n${orderCard(order)}`)

const problemPage = (reply: FastifyReply, problem: 'expired' | 'wrong') =>
  problem === 'expired'
    ? sendPage(
        reply,
        410,
        '链接已过期',
        markup`<h1>${said('链接已过期', 'This link is too old')}</h1>
<p>${said('请用最新一条消息里的链接，或登录后处理工单。', 'Use the link of the latest message, or sign in and open the order.')}</p>`,
      )
    : sendPage(
        reply,
        404,
        '链接无效',
        markup`<h1>${said('链接无效', 'This link is not valid')}</h1>
<p>${said('请完整复制消息里的链接。', 'Copy the whole link of the message.')}</p>`,
      )
