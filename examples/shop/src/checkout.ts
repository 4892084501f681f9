import { clicks, createTracker, durableOutbox, pageViews } from 'beaconry';
import { type CartLine, emptyCart, readCart, removeFromCart, totalOf } from './cart.ts';
import { element, euro } from './element.ts';

/** What the checkout tells, by name: `track` accepts nothing else. */
type Events = {
  checkout_step: { step: Step };
  remove_from_cart: { product: string; quantity: number };
  purchase: { order_id: string; value: number; currency: 'EUR'; items: { product: string; quantity: number }[] };
};

type Step = 'cart' | 'address' | 'done';

const TITLES: Record<Step, string> = { cart: 'Your basket', address: 'Where to?', done: 'Thank you' };
const ORDER_KEY = 'saltmarsh-order';

const tracker = createTracker<Events>({
  endpoint: document.documentElement.dataset.endpoint ?? '',
  site: 'shop',
  consent: 'granted',
  capture: [pageViews(), clicks()],
  outbox: durableOutbox(),
});

const main = document.querySelector<HTMLElement>('#main') ?? document.body;

addEventListener('popstate', () => show(stepOf(location.pathname)));
show(stepOf(location.pathname));

function go(step: Step): void {
  history.pushState(null, '', `/checkout/${step}`);
  show(step);
  main.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

function show(step: Step): void {
  document.title = `${TITLES[step]} · Saltmarsh`;
  for (const item of document.querySelectorAll<HTMLElement>('.steps [data-step]')) {
    item.ariaCurrent = item.dataset.step === step ? 'step' : null;
  }
  main.replaceChildren(...{ cart: cartView, address: addressView, done: doneView }[step]());
  tracker.track('checkout_step', { step });
}

function cartView(): HTMLElement[] {
  const lines = readCart();
  const heading = element('h1', {}, TITLES.cart);
  if (lines.length === 0) {
    return [
      heading,
      element('p', { className: 'lead' }, 'Nothing in it yet.'),
      element(
        'p',
        {},
        element('a', { className: 'button', href: '/collection', id: 'to-collection' }, 'To the collection'),
      ),
    ];
  }
  const next = element('button', { className: 'button', type: 'button', id: 'to-address' }, 'On to the address');
  next.dataset.track = 'to_address';
  next.addEventListener('click', () => go('address'));
  return [heading, element('ul', { className: 'lines' }, ...lines.map(lineView)), totalView(lines), next];
}

function lineView({ product, quantity }: CartLine): HTMLElement {
  const remove = element('button', { className: 'link', type: 'button' }, 'Remove');
  remove.ariaLabel = `Remove ${product.name}`;
  remove.dataset.track = 'remove_from_cart';
  remove.dataset.trackLabel = product.name;
  remove.addEventListener('click', () => {
    removeFromCart(product.id);
    tracker.track('remove_from_cart', { product: product.id, quantity });
    main.replaceChildren(...cartView());
    main.focus({ preventScroll: true });
  });
  const art = element(
    'span',
    { className: 'line-art' },
    element('img', { src: `/art/${product.id}.svg`, alt: '', width: 400, height: 400 }),
  );
  art.style.setProperty('--tint', product.tint);
  return element(
    'li',
    { className: 'line' },
    art,
    element(
      'span',
      { className: 'line-name' },
      element('strong', {}, product.name),
      `${quantity} × ${euro(product.price)}`,
    ),
    remove,
    element('strong', { className: 'line-price' }, euro(product.price * quantity)),
  );
}

function totalView(lines: CartLine[]): HTMLElement {
  return element('p', { className: 'total' }, 'Together ', element('strong', { id: 'total' }, euro(totalOf(lines))));
}

function addressView(): HTMLElement[] {
  if (readCart().length === 0) return cartView();
  const form = element(
    'form',
    { className: 'form', id: 'address-form' },
    ...field('Name', 'name', 'name'),
    ...field('Street and number', 'street', 'street-address'),
    ...field('Town', 'city', 'address-level2'),
    ...field('Mail address', 'email', 'email', 'email'),
  );
  const order = element('button', { className: 'button', type: 'submit', id: 'place-order' }, 'Order, and pay nothing');
  order.dataset.track = 'place_order';
  const back = element('button', { className: 'link', type: 'button', id: 'back-to-cart' }, 'Back to the basket');
  back.addEventListener('click', () => go('cart'));
  form.append(element('p', { className: 'form-end' }, order, back));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    buy(readCart());
    go('done');
  });
  return [
    element('h1', {}, TITLES.address),
    element('p', { className: 'lead' }, 'Write anything: it stays on this page, and the tracker never reads a field.'),
    form,
  ];
}

function field(label: string, name: string, autocomplete: AutoFill, type = 'text'): HTMLElement[] {
  return [
    element('label', { htmlFor: name }, label),
    element('input', { id: name, name, type, autocomplete, required: true }),
  ];
}

function buy(lines: CartLine[]): void {
  const id = `S-${Date.now().toString(36).toUpperCase()}`;
  tracker.track('purchase', {
    order_id: id,
    value: totalOf(lines),
    currency: 'EUR',
    items: lines.map(({ product, quantity }) => ({ product: product.id, quantity })),
  });
  sessionStorage.setItem(ORDER_KEY, id);
  emptyCart();
}

function doneView(): HTMLElement[] {
  const order = sessionStorage.getItem(ORDER_KEY);
  return [
    element('h1', {}, TITLES.done),
    element('p', { className: 'lead' }, order ? 'It would be on its way on Friday.' : 'Nothing was ordered yet.'),
    ...(order ? [element('p', {}, 'Your order is ', element('strong', { id: 'order-id' }, order), '.')] : []),
    element('p', {}, element('a', { className: 'button', href: '/', id: 'to-home' }, 'To the beginning')),
  ];
}

function stepOf(path: string): Step {
  if (path.endsWith('/address')) return 'address';
  return path.endsWith('/done') ? 'done' : 'cart';
}
