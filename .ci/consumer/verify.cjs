const core = require('@countersign/core');
const { stripe } = require('@countersign/providers/stripe');
const { webhook } = require('@countersign/express');
const express = require('express');
const Stripe = require('stripe');
require('@countersign/core/diagnose');
require('@countersign/core/jwt');
const { check } = require('./check.cjs');

check({ ...core, stripe, webhook, express, Stripe }).then(() => console.log('right'));
