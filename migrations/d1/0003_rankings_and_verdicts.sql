CREATE TABLE `__new_view_regions` (
	`content_id` text NOT NULL,
	`day` integer NOT NULL,
	`country` text NOT NULL,
	`region` text NOT NULL,
	`city` text DEFAULT '' NOT NULL,
	`shard_id` integer NOT NULL,
	`views` integer NOT NULL,
	`final` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `day`, `country`, `region`, `city`, `shard_id`)
);
--> statement-breakpoint
INSERT INTO `__new_view_regions`("content_id", "day", "country", "region", "shard_id", "views", "final", "stamp") SELECT "content_id", "day", "country", "region", "shard_id", "views", "final", "stamp" FROM `view_regions`;--> statement-breakpoint
DROP TABLE `view_regions`;--> statement-breakpoint
ALTER TABLE `__new_view_regions` RENAME TO `view_regions`;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `effect` text DEFAULT 'exclude' NOT NULL;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `suspicion_id` text;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `revoked_by` text;--> statement-breakpoint
ALTER TABLE `exclusions` ADD `revoked_for` text;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `rule` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `from_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `suspicions` ADD `to_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `view_daily_by_day` ON `view_daily` (`day`,`content_id`,`views`);