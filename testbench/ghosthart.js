#!/usr/bin/env node
import { main } from '../dist/testbench/cli.js';
await main(process.argv.slice(2));
