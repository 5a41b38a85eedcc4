import { type RouteConfig, route } from '@react-router/dev/routes';

export default [
  route('webhooks/stripe', 'routes/webhooks.stripe.ts'),
  route('orders', 'routes/orders.ts'),
] satisfies RouteConfig;
