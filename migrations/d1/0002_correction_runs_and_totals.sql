ALTER TABLE `correction_runs` ADD `reason` text DEFAULT 'hourly' NOT NULL;--> statement-breakpoint
ALTER TABLE `correction_runs` ADD `views_before` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `correction_runs` ADD `views_after` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `view_totals` ADD `start_views` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `view_totals` ADD `restated` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `view_totals_by_shard` ON `view_totals` (`shard_id`,`content_id`);