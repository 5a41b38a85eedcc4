import * as core from '@countersign/core';
import { webhook } from '@countersign/express';
import { stripe } from '@countersign/providers/stripe';
import express from 'express';
import Stripe from 'stripe';
import '@countersign/core/describe';
import '@countersign/core/diagnose';
import '@countersign/core/jwt';
import { check } from './check.cjs';

await check({ ...core, stripe, webhook, express, Stripe });
console.log('right');
