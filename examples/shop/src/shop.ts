import {
  addToCart,
  beginCheckout,
  type ConsentApi,
  conversion,
  experiment,
  gateTags,
  type Tracker,
  viewItem,
} from 'beaconry';
import { countOf, findProduct, type Product, putInCart, readCart, toItem } from './cart.ts';

declare global {
  /** The tracker that the script tag made, or, as long as its file has not arrived, the stub that queues for it. */
  var beaconry: Pick<Tracker, 'track' | 'set'> & Partial<Tracker> & { consent?: ConsentApi };
}

const CURRENCY = 'EUR';

for (const link of document.querySelectorAll<HTMLAnchorElement>('.top nav a')) {
  if (link.pathname === location.pathname) link.ariaCurrent = 'page';
}

showCount();
// Back from the checkout by the back button: the page is restored as it was, the basket may have changed.
addEventListener('pageshow', showCount);

// What waits for the visitor's consent, such as the map on the contact page.
if (beaconry.consent) gateTags()(beaconry.consent);

if (document.querySelector('beaconry-my-data'))
  void import('beaconry/my-data').then(({ defineMyData }) => defineMyData({ consent: beaconry.consent }));

const place = document.querySelector<HTMLElement>('#product');
const product = findProduct(place?.dataset.id);
if (place && product) sell(place, product);

const heroButton = document.querySelector<HTMLElement>('#shop-now');
if (heroButton) tryWords(heroButton);

const newsletter = document.querySelector<HTMLFormElement>('#newsletter');
newsletter?.addEventListener('submit', (event) => {
  event.preventDefault();
  void subscribe(newsletter);
});

document.querySelector<HTMLFormElement>('#contact-form')?.addEventListener('submit', (event) => {
  const topic = new FormData(event.target as HTMLFormElement).get('topic');
  // The page leaves in this very moment; the event arrives all the same.
  beaconry.track('contact_request', { topic });
});

document.querySelector('#read-kiln')?.addEventListener('click', () => {
  throw new Error('The thermometer of the kiln does not answer');
});

function sell(place: HTMLElement, product: Product): void {
  const quantity = () => Number(place.querySelector<HTMLSelectElement>('#quantity')?.value ?? 1);
  const toSale = () => ({ currency: CURRENCY, items: [toItem({ product, quantity: quantity() })] });
  const said = place.querySelector('#added');

  viewItem(beaconry, toSale());
  void showStock(place.querySelector('#stock'), product.id);

  place.querySelector('#add-to-cart')?.addEventListener('click', () => {
    putInCart(product.id, quantity());
    addToCart(beaconry, toSale());
    showCount();
    if (said) said.textContent = `${quantity()} × ${product.name} in the basket.`;
  });

  // A link: the browser leaves for the checkout right after this.
  place.querySelector('#buy-now')?.addEventListener('click', () => {
    putInCart(product.id, quantity());
    beginCheckout(beaconry, toSale());
  });
}

async function showStock(line: Element | null, id: string): Promise<void> {
  const response = await fetch(`/api/stock/${id}`).catch(() => undefined);
  if (!line || !response?.ok) return;
  const { left } = (await response.json()) as { left: number };
  line.textContent = `${left} left until Friday`;
}

/**
 * Half of the visits see other words on the button. Which half follows from the session: nothing has to be kept for it,
 * and without consent there is no experiment.
 */
function tryWords(button: HTMLElement): void {
  const show = (session: string) => {
    const isOther = Number.parseInt(session.slice(-1), 16) % 2 === 1;
    if (isOther) button.textContent = 'Find your mug';
    experiment(beaconry as Tracker, 'hero_words', isOther ? 'find_your_mug' : 'see_the_collection');
  };
  const known = beaconry.session?.id;
  if (known) show(known);
  // A session begins with its first event; ours comes after that.
  else beaconry.on?.('session', ({ id }) => queueMicrotask(() => show(id)));
}

async function subscribe(form: HTMLFormElement): Promise<void> {
  const said = form.querySelector('#letter-said');
  const response = await fetch(form.action, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
  }).catch(() => undefined);
  if (response?.ok) {
    const { code } = (await response.json()) as { code: string };
    conversion(beaconry, 'newsletter');
    form.reset();
    if (said) said.textContent = `Thank you. Your code is ${code}.`;
  } else if (said) said.textContent = 'The post is late. Please try again.';
}

function showCount(): void {
  const badge = document.querySelector<HTMLElement>('#cart-count');
  if (!badge) return;
  const count = countOf(readCart());
  badge.textContent = String(count);
  badge.ariaLabel = `${count} pieces`;
}
