import type { Plural } from "./translate";

/** What is said at first sight of a pre-sale. */
export const saleEn = {
  "configurator.title": "Configure your variant",
  "configurator.fixed": "Decided by vote",
  "configurator.quantity": "Quantity",
  "configurator.fewer": "One fewer",
  "configurator.more": "One more",
  "configurator.limit": { one: "At most {count} unit per fan.", other: "At most {count} units per fan." },
  "configurator.limitWave": {
    one: "At most {count} unit per fan in the wave that is open.",
    other: "At most {count} units per fan in the wave that is open.",
  },
  "configurator.maySplit": "Split my order over two batches if the first has too little room for all of it",
  "configurator.maySplitHint": "The second part is then made with the next batch, and ships when that does.",
  "configurator.part": {
    one: "{count} unit in batch {number}",
    other: "{count} units in batch {number}",
  },
  "configurator.partDetail": "ships {day}, at most {most}",
  "configurator.split": "The first batch has too little room for all of it, so your order is split. Each part is a pre-order of its own, with its own batch, date and price:",
  "configurator.included": "included",
  "configurator.summary": "Your pre-order",
  "configurator.kept": "A place is kept for you: see “Your pre-order”.",
  "configurator.most": "You pay at most",
  "configurator.now": "At today's count",
  "configurator.each": "{price} each",
  "configurator.mostDetail": "Never more than this. If the batch grows, everyone in it pays the lower price.",
  "configurator.ships": "Promised to ship",
  "configurator.batch": "Batch",
  "configurator.batchOpen": "open until {day}",
  "configurator.nextTier": {
    one: "{count} more unit after yours, and everyone in this batch pays {price} instead of {before}.",
    other: "{count} more units after yours, and everyone in this batch pays {price} instead of {before}.",
  },
  "configurator.lastTier": "This batch is at its lowest price.",
  "configurator.review": "Review pre-order",
  "configurator.pricing": "Working out the price…",
  "configurator.spoken": "{units}: at most {most}.",
  "configurator.units": { one: "{count} unit", other: "{count} units" },

  "batch.title": "Batch {number}",
  "batch.heading": "Production",
  "batch.secured": "Secured",
  "batch.minimum": "Minimum",
  "batch.capacity": "Capacity",
  "batch.left": { one: "{count} place left", other: "{count} places left" },
  "batch.full": "Full",
  "batch.held": { one: "{count} more is being secured", other: "{count} more are being secured" },
  "batch.closes": "Closes {moment}",
  "batch.ships": "Promised to ship {day}",
  "batch.final": { one: "{count} unit at {price}", other: "{count} units at {price} each" },
  "batch.none": "No batches have been announced yet.",
  "batch.unavailable": "There is no batch with room at the moment.",

  "ladder.title": "Group price",
  "ladder.from": { one: "from {count} unit", other: "from {count} units" },

  "problem.campaign_not_preselling": "The pre-sale of this campaign is not open. Nothing was ordered.",
  "problem.batch_full": "There is not enough room left for this quantity in any batch. Nothing was ordered.",
  "problem.limit_reached": "That would be more units than one fan may have in this campaign, counting your earlier pre-orders.",
  "problem.total_too_large": "This is more than one pre-order can cost. Choose a smaller quantity.",
  "problem.variant_unavailable": "This variant cannot be ordered any more. Choose other options.",

  "extras.title": "More ways to order",
  "extras.capMet": "At today's count your limit is met.",
  "extras.capMissed": "At today's count the price is above your limit. Your pre-order waits with the batch and is released, free of charge, if it still is at the lock.",

  "waves.next": "The next wave for you, “{title}”, opens {soon} ({ahead}).",
  "waves.after": "What the waves leave is for everybody when the last one has ended: {soon} ({ahead}).",
  "waves.countryFirst": "Choose your country to see whether this wave is for you.",
  "waves.eitherFirst": "Choose your country, or enter your access code, to see your price.",
  "waves.codeFirst": "Enter the access code of the wave that is open to see your price.",

  "waiting.soldOut": "Everything is taken at the moment.",
  "waiting.soManyNot": "There is no room for so many units at the moment. Fewer may still fit.",

  "playbook.title": "What happens if the minimum is missed",
  "playbook.running": "The minimum was missed: what happens now",
  "playbook.lowered": "lowered from {minimum}",

  "ship.history": {
    one: "The ship date was moved {count} time",
    other: "The ship date was moved {count} times",
  },

  "problem.wave_not_open": "No wave is open to you at the moment. Nothing was ordered.",
  "problem.wave_drawn": "The wave that is open is not sold but drawn: you can enter the draw below.",
  "problem.access_code_wrong": "This is not the access code of the wave that is open. Check it and enter it once more.",
  "problem.region_not_served": "The wave that is open is not for your country.",
  "problem.wish_invalid": "These wishes contradict each other: look at “up to” and the second choice.",
  "problem.cap_below_every_price": "No price that this batch can reach is within your limit. Choose a higher one.",

  "waiting.soldOutForGood": "Everything is taken.",
} satisfies Record<string, string | Plural>;

export type SaleMessages = { [Key in keyof typeof saleEn]: (typeof saleEn)[Key] extends string ? string : Plural };
